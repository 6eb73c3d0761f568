/* The size of each table, and how many found no room in it. sctptop sets the sizes by what is on the host, and loads the
 * program anew with larger ones where something found no room. */

#ifndef ROOM_FOR_PATHS
#define ROOM_FOR_PATHS 16384
#endif
#define ROOM_FOR_ASSOCIATIONS (ROOM_FOR_PATHS / 2)
#define ROOM_FOR_COUNTS (ROOM_FOR_PATHS * 2)
#define ROOM_FOR_MESSAGES (ROOM_FOR_PATHS * 2)
/* Functions under way, threads that wait: by processors and threads, not by associations. */
#define ROOM_FOR_CALLS 4096

enum {
	ROOM_PATHS,
	ROOM_ASSOCIATIONS,
	ROOM_ENDS,
	ROOM_BEATS,
	ROOM_CALLS,
	ROOM_DATA_RTTS,
	ROOM_HANDED_OVER,
	ROOM_UNREAD,
	ROOM_WAITS,
	ROOM_BLOCKED,
	ROOM_NGAP_ARRIVED,
	ROOM_NGAP_BEGUN,
	ROOM_NGAP_DELIVERED,
	ROOM_TABLES,
};

BPF_ARRAY(no_room, u64, ROOM_TABLES);

INLINE void found_no_room(int table)
{
	u64 *times = no_room.lookup(&table);

	if (times)
		__sync_fetch_and_add(times, 1);
}
