/* What user space is given of the octets of a message: its start, and of its IEs those of use to a registration, one
 * after the other. What else there is may be the identity of a subscriber or a key, and stays where it is.
 *
 * Aligned PER: 3GPP TS 38.413 section 9.4 and TS 36.413 section 9.3. Heads of NAS messages: TS 24.501 section 9.1.1 and
 * TS 24.301 section 9.1. User space decodes the octets and forgets them. */

#define NGAP_HEAD 64
/* IEs that are looked at: the NAS-PDU of an InitialContextSetupRequest may be the sixteenth. */
#define NGAP_IES 16
/* Octets of an IE, its header included; an id and a cause are shorter, and most names of nodes. */
#define NGAP_IE 32
/* Lengths from here on are split, and followed no further. */
#define PER_SPLIT 16384

struct ngap_head {
	u32 captured, unused;
	u8 octets[NGAP_HEAD];
};

/* Eight octets, the first of which is the highest, and one of them. */
INLINE u64 eight_octets(const void *at)
{
	u64 found = 0;

	bpf_probe_read_kernel(&found, sizeof(found), at);
	return FROM_NETWORK64(found);
}

#define OCTET(eight, place) ((eight) >> (56 - 8 * (place)) & 0xff)

/* How many octets a length determinant has that begins so, and what it says: X.691 section 11.9. */
INLINE u64 size_of_length(u64 first)
{
	return first < 0x80 || first > 0xbf ? 1 : 2;
}

INLINE u64 length_of(u64 first, u64 second)
{
	if (first < 0x80)
		return first;
	return first < 0xc0 ? (first & 0x3f) << 8 | second : PER_SPLIT;
}

enum { PDU_INITIATING = 0x00, PDU_SUCCESSFUL = 0x20, PDU_UNSUCCESSFUL = 0x40 };

/* Ids of IEs, a bit each: none that matters is beyond 127. */
struct ngap_ids {
	u64 low, high;
};

INLINE void ngap_add(struct ngap_ids *ids, u64 id)
{
	if (id < 64)
		ids->low |= 1ULL << id;
	else
		ids->high |= 1ULL << (id - 64);
}

/* RANNodeName and AMFName, eNBname and MMEname: those that the nodes give themselves as they set up or change. */
INLINE void ngap_names(struct ngap_ids *names, bool s1ap, u64 pdu, u64 procedure)
{
	if (s1ap && procedure == 17 && pdu == PDU_INITIATING)
		ngap_add(names, 60);
	if (s1ap && procedure == 17 && pdu == PDU_SUCCESSFUL)
		ngap_add(names, 61);
	if (!s1ap && (procedure == 21 || procedure == 35) && pdu == PDU_INITIATING)
		ngap_add(names, 82);
	if (!s1ap && procedure == 21 && pdu == PDU_SUCCESSFUL)
		ngap_add(names, 1);
}

/* The ids of the UE (the core's, the radio node's, both), Cause, the radio node's id as it sets up or changes, and the
 * PDU sessions that could not be set up, which may be long. */
INLINE void ngap_wanted(struct ngap_ids *wanted, struct ngap_ids *may_be_long, bool s1ap, u64 pdu, u64 procedure)
{
	if (s1ap) {
		ngap_add(wanted, 0);
		ngap_add(wanted, 8);
		ngap_add(wanted, 99);
		ngap_add(wanted, 2);
		if (procedure == 17 && pdu == PDU_INITIATING)
			ngap_add(wanted, 59);
		return;
	}
	ngap_add(wanted, 10);
	ngap_add(wanted, 85);
	ngap_add(wanted, 114);
	ngap_add(wanted, 15);
	if ((procedure == 21 || procedure == 35) && pdu == PDU_INITIATING)
		ngap_add(wanted, 27);
	if (procedure == 29 && pdu == PDU_SUCCESSFUL)
		ngap_add(wanted, 58);
	ngap_add(may_be_long, 58);
}

/* Octets of a NAS message up to its type and the one behind it; of a protected one, of the message inside. */
INLINE u64 nas_wanted(bool s1ap, u64 first, u64 second)
{
	u64 security = s1ap ? first >> 4 : second & 0x0f;

	if (s1ap)
		return (first & 0x0f) != 7 || security > 4 ? 1 : security ? 6 + 3 : 3;
	return first != 0x7e ? 1 : security > 4 ? 2 : security ? 7 + 4 : 4;
}

/* A walk along the IEs of a message. All of it is kept in a table, for the verifier takes what is read of one to be any
 * number: of what it knows the way of, it goes through the loop once for each way there (6.12 gave up, and all took seconds
 * in an emulated machine). */
struct ngap_walk {
	u64 from, to; /* octets of the message to be added */
	u64 at, count; /* where the next IE begins, and how many there are */
	u64 length, ends; /* of the chunk's data; whether the message ends there */
	u64 nas, nas_end; /* where the value of the NAS-PDU begins, 0: none was found; and where it ends */
	u64 nas_id;
	struct ngap_ids wanted, names, may_be_long;
	struct ngap_head head;
	u8 beyond[NGAP_HEAD]; /* nothing is written there, but the verifier takes it that it might */
};

/* One for those that we send, and one for those that come: a softirq may come in between. */
BPF_PERCPU_ARRAY(ngap_walks, struct ngap_walk, 2);

#define ANY_NUMBER(member) (*(volatile __typeof__(member) *)&(member))

/* Adds octets of the message to the head. */
INLINE void ngap_take(struct ngap_walk *walk, const void *data)
{
	u64 from = ANY_NUMBER(walk->from), size = ANY_NUMBER(walk->to) - from, at = ANY_NUMBER(walk->head.captured);

	if (at >= NGAP_HEAD)
		return;
	if (size > NGAP_HEAD - at)
		size = NGAP_HEAD - at;
	/* The verifier of 5.10 wants to see the bound once more, and the compiler thinks that it is known. */
	asm volatile("" : "+r"(size));
	if (size > NGAP_HEAD)
		return;
	bpf_probe_read_kernel(walk->head.octets + at, size, data + from);
	walk->head.captured = at + size;
}

/* Octets before the first IE, and how many IEs there are; of what does not begin like such a message, those that show
 * it, and none. */
INLINE u64 ngap_start(const struct message *message, u64 start, u64 *count)
{
	u64 pdu = OCTET(start, 0), criticality = OCTET(start, 2), first = OCTET(start, 3);
	u64 size = length_of(first, OCTET(start, 4)), at = 3 + size_of_length(first);

	*count = 0;
	if (pdu != PDU_INITIATING && pdu != PDU_SUCCESSFUL && pdu != PDU_UNSUCCESSFUL)
		return 4;
	if (criticality & 0x3f || criticality == 0xc0)
		return 4;
	if (first == 0xc0 || first > 0xc4)
		return 4;
	if (message->ends && size < PER_SPLIT && at + size > message->length)
		return at;
	/* A SEQUENCE: an extension bit and padding, then the number of its IEs. */
	if (OCTET(start, at) & 0x7f)
		return at + 1;
	*count = start >> (40 - 8 * at) & 0xffff;
	return at + 3;
}

/* Of an IE that begins here, the end of what is wanted of its NAS message. */
INLINE u64 nas_end(const void *data, u64 value, u64 end, bool s1ap)
{
	u64 octets = eight_octets(data + value), before = size_of_length(OCTET(octets, 0));
	u64 length = length_of(OCTET(octets, 0), OCTET(octets, 1));
	u64 wanted = nas_wanted(s1ap, OCTET(octets, before), OCTET(octets, before + 1));
	u64 found = value + before + (wanted < length ? wanted : length);

	return found < end ? found : end;
}

INLINE bool ngap_among(const struct ngap_ids *ids, u64 id)
{
	u64 bits = id & 64 ? ANY_NUMBER(ids->high) : ANY_NUMBER(ids->low);

	return id < 128 && bits >> (id & 63) & 1;
}

/* Looks at the next IE. False where it is the last that is looked at. */
INLINE bool ngap_step(struct ngap_walk *walk, const void *data)
{
	u64 at = ANY_NUMBER(walk->at), ie = eight_octets(data + at), id = ie >> 48, first = OCTET(ie, 3);
	/* Without a branch, each of which the verifier goes both ways in each round. */
	u64 longer = first >> 7, value = at + 4 + longer;
	u64 end = value + ((((first & 0x3f) << 8 | OCTET(ie, 4)) & -longer) | (first & (longer - 1))), wanted = end;
	bool goes_on = true;

	if (first > 0xbf)
		return false;
	walk->at = end;
	if (id == ANY_NUMBER(walk->nas_id)) {
		walk->nas = value;
		walk->nas_end = end;
		goes_on = false;
	} else if (ANY_NUMBER(walk->ends) && end > ANY_NUMBER(walk->length)) {
		wanted = value;
		goes_on = false;
	} else if (end - at > NGAP_IE) {
		if (ngap_among(&walk->names, id) || !ngap_among(&walk->wanted, id))
			return true;
		if (!ngap_among(&walk->may_be_long, id)) {
			wanted = at + NGAP_IE;
			goes_on = false;
		}
	} else if (!ngap_among(&walk->wanted, id)) {
		return true;
	}
	if (at != ANY_NUMBER(walk->to)) {
		ngap_take(walk, data);
		walk->from = at;
	}
	walk->to = wanted;
	return goes_on;
}

/* What is looked for in a message. */
INLINE void ngap_look_for(struct ngap_walk *walk, bool s1ap, u64 pdu, u64 procedure)
{
	struct ngap_ids names = {}, wanted = {}, may_be_long = {};

	ngap_names(&names, s1ap, pdu, procedure);
	ngap_wanted(&wanted, &may_be_long, s1ap, pdu, procedure);
	wanted.low |= names.low;
	wanted.high |= names.high;
	walk->names = names;
	walk->wanted = wanted;
	walk->may_be_long = may_be_long;
	walk->nas_id = s1ap ? 26 : 38;
}

/* Fills the head of a message, empty as yet, as far as its first chunk goes. */
INLINE void ngap_take_head(struct ngap_head *head, const struct message *message, bool s1ap, int which)
{
	const void *data = message->data;
	u64 start = eight_octets(data), count, first = ngap_start(message, start, &count);
	u64 procedure = OCTET(start, 1);
	struct ngap_walk *walk = ngap_walks.lookup(&which);

	if (!walk)
		return;
	walk->head = *head;
	walk->from = walk->nas = 0;
	walk->at = walk->to = first;
	walk->length = message->length;
	walk->ends = message->ends;
	/* Those of a PrivateMessage may have names of another form. */
	walk->count = procedure == (s1ap ? 39 : 31) ? 0 : count;
	ngap_look_for(walk, s1ap, OCTET(start, 0), procedure);
	NO_UNROLL
	for (int i = 0; i < NGAP_IES; i++) {
		if (i >= ANY_NUMBER(walk->count) || ANY_NUMBER(walk->at) + 4 > ANY_NUMBER(walk->length))
			break;
		if (!ngap_step(walk, data))
			break;
	}
	if (ANY_NUMBER(walk->nas))
		walk->to = nas_end(data, ANY_NUMBER(walk->nas), ANY_NUMBER(walk->nas_end), ANY_NUMBER(walk->nas_id) == 26);
	if (ANY_NUMBER(walk->to) > ANY_NUMBER(walk->length))
		walk->to = ANY_NUMBER(walk->length);
	ngap_take(walk, data);
	*head = walk->head;
}
