/* Distributions are counted in bins whose width grows with the value. */

/* Leading 1 and the 4 binary digits after it; the same as bin_of in sctptop/model/associations/distribution.py. */
#define BIN_BITS 4

INLINE u32 bin_of(u64 value)
{
	u32 length = bpf_log2l(value);
	u32 extra = length > BIN_BITS + 1 ? length - BIN_BITS - 1 : 0;

	return (extra << BIN_BITS) + (u32)(value >> (extra & 63));
}
