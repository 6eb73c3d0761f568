/* What the header of a DATA or I-DATA chunk says: RFC 9260 section 3.3.1, RFC 8260 section 2.1. */

enum { CHUNK_DATA = 0, CHUNK_I_DATA = 64 };
enum { FLAG_END = 1, FLAG_BEGIN = 2, FLAG_UNORDERED = 4 };

struct data_header {
	u8 type, flags;
	u16 length;
	u32 tsn;
	u16 stream, sequence; /* the latter reserved in I-DATA, whose message number and ppid follow */
	u32 ppid, i_ppid;
};

struct message {
	const void *data;
	u32 tsn, ppid, length;
	u16 stream;
	bool begins, ends, unordered, interleaved;
};

/* Chunks that are being put together: the event of the first, and of the last its TSN and flags. */
struct fragments {
	u64 first, ns;
	u32 last_tsn, flags;
};

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FROM_NETWORK16(v) __builtin_bswap16(v)
#define FROM_NETWORK32(v) __builtin_bswap32(v)
#define FROM_NETWORK64(v) __builtin_bswap64(v)
#else
#define FROM_NETWORK16(v) (v)
#define FROM_NETWORK32(v) (v)
#define FROM_NETWORK64(v) (v)
#endif

/* What stands at the header of a chunk. False where it holds no data of the application. */
INLINE bool message_at(struct message *message, const void *at)
{
	struct data_header header = {.type = 255};
	u32 size = sizeof(header);

	bpf_probe_read_kernel(&header, sizeof(header), at);
	if (header.type == CHUNK_DATA)
		size -= sizeof(header.i_ppid);
	else if (header.type != CHUNK_I_DATA)
		return false;
	message->data = at + size;
	message->tsn = FROM_NETWORK32(header.tsn);
	message->ppid = FROM_NETWORK32(header.type == CHUNK_DATA ? header.ppid : header.i_ppid);
	message->length = FROM_NETWORK16(header.length) - size;
	message->stream = FROM_NETWORK16(header.stream);
	message->begins = header.flags & FLAG_BEGIN;
	message->ends = header.flags & FLAG_END;
	message->unordered = header.flags & FLAG_UNORDERED;
	message->interleaved = header.type == CHUNK_I_DATA;
	return true;
}

INLINE bool message_of(struct message *message, const void *chunk)
{
	return message_at(message, (void *)sctp_chunk__chunk_hdr(chunk));
}

/* The same without TSN, stream, PPID and place of the data: where the kernel knows the chunk's type it takes no call. */
INLINE bool message_in_short(struct message *message, const void *chunk)
{
	const void *header = (void *)TYPED_sctp_chunk__chunk_hdr(chunk);
#ifdef TYPED
	u32 type = TYPED_sctp_chunkhdr__type(header), flags = TYPED_sctp_chunkhdr__flags(header);
	u32 size = sizeof(struct data_header);

	if (type == CHUNK_DATA)
		size -= sizeof(u32);
	else if (type != CHUNK_I_DATA)
		return false;
	message->length = FROM_NETWORK16((u16)TYPED_sctp_chunkhdr__length(header)) - size;
	message->begins = flags & FLAG_BEGIN;
	message->ends = flags & FLAG_END;
	message->interleaved = type == CHUNK_I_DATA;
#else
	if (!message_at(message, header))
		return false;
#endif
	return true;
}

/* The PPID of such a chunk that came, after message_in_short. */
INLINE void read_ppid(struct message *message, const void *chunk)
{
#ifdef TYPED
	const void *header = (void *)TYPED_sctp_chunk__chunk_hdr(chunk);
	u32 ppid = 0;

	if (message->interleaved)
		bpf_probe_read_kernel(&ppid, sizeof(ppid), header + __builtin_offsetof(struct data_header, i_ppid));
	else
		bpf_probe_read_kernel(&ppid, sizeof(ppid), header + __builtin_offsetof(struct data_header, ppid));
	message->ppid = FROM_NETWORK32(ppid);
#endif
}
