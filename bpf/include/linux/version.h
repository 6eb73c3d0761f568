#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
/* Only for code in BCC that asks for it: none of the probes does. */
#define LINUX_VERSION_CODE KERNEL_VERSION(5, 11, 0)
