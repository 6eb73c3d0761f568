/* What sctptop reads of the C, as statements at the end of the program (sctptop/kernel/program/records_check.py writes
 * them): one that is false ends the compilation with its text. They make no code. */

#define SCTPTOP_READS(condition, otherwise) _Static_assert(condition, "sctptop reads: " otherwise)

#define READS_MEMBER(type, kind, member, byte)                                                            \
	SCTPTOP_READS(__builtin_offsetof(type, member) == byte &&                                         \
			      __builtin_types_compatible_p(__typeof__(((type *)0)->member), kind),        \
		      "no " #kind " " #member " at byte " #byte " of " #type)
#define READS_SIZE(type, size, last) SCTPTOP_READS(sizeof(type) == size, #type " goes on after " #last)
#define READS_TABLE(name, key_size, value_size)                                                           \
	SCTPTOP_READS(sizeof(name.key) == key_size && sizeof(name.leaf) == value_size,                    \
		      "table " #name " has no keys of " #key_size " and values of " #value_size " bytes")
#define READS_NUMBER(name, number) SCTPTOP_READS(name == number, #name " is not " #number)
