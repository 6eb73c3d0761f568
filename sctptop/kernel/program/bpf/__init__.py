"""What the kernel itself is asked about BPF, by bpf(2) and libbpf: calls, maps, types. BCC is not needed for it."""
