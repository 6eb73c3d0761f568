#!/bin/bash
# Runs as root on the SCTP kernel: makes the place ready, runs JOB/command.sh there, leaves its exit code in JOB/rc.
#   prepare.sh JOB        JOB is a folder shared with the caller; its file `settings` says where we are
job=$1
. "$job/settings" # WHERE=vm|here  SCTP=yes|no  TTY=yes|no  WORK=folder  SHARED=folder or nothing  CACHED=folders, quoted
umask 022

# Every open and every read of the guest's own root is a round trip to the host (no cache at all): Python starts three
# times faster from a second mount of the same files that may be cached, with a writable layer above it.
if [ "$WHERE" = vm ] && [ -z "$INSIDE" ]; then
    base=/run/lab
    mkdir -p $base/host $base/layer
    modules=$(readlink -f "/lib/modules/$(uname -r)")
    if mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000,access=any labroot $base/host &&
        mount -t tmpfs lab $base/layer && mkdir $base/layer/upper $base/layer/work $base/layer/root &&
        mount -t overlay -o lowerdir=$base/host,upperdir=$base/layer/upper,workdir=$base/layer/work lab $base/layer/root; then
        root=$base/layer/root
        for folder in dev proc sys run; do
            mount --rbind /$folder $root/$folder
        done
        mkdir -p $root/tmp $root/var/tmp "$root/usr/lib/modules/${modules##*/}"
        mkdir $base/cached && mount --bind $root $base/cached
        for folder in ${SHARED:+"$SHARED"} "$job"; do
            mount --bind "$folder" "$root$folder"
        done
        eval "cached=($CACHED)"
        for folder in "${cached[@]}"; do
            case "$folder/" in "$SHARED"/*) mount --bind "$base/cached$folder" "$root$folder" ;; esac
        done
        mount --bind "$modules" "$root/usr/lib/modules/${modules##*/}"
        chmod 1777 $root/tmp $root/var/tmp
        if [ "$SCTP" = no ]; then
            # The kernel's own requests for modules are answered outside of the new root.
            for place in "" $root; do
                for module in sctp sctp_diag; do echo "install $module /bin/false"; done >"$place/etc/modprobe.d/no-sctp.conf"
            done
        fi
        INSIDE=yes exec chroot $root /bin/bash "${BASH_SOURCE[0]}" "$job"
    fi
    echo "lab: no cached root, everything will be slower" >&2
fi

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ "$WHERE" = vm ]; then
    wanted="veth sch_netem"
    [ "$SCTP" = yes ] && wanted="$wanted sctp sctp_diag"
    modprobe -a -q $wanted
else
    # The caller's namespaces must not appear in this one's list, nor ours in theirs.
    mkdir -p /run/netns && mount -t tmpfs -o mode=755 lab-netns /run/netns
    mount -t sysfs lab-sys /sys 2>/dev/null # the old mount still shows the caller's network
fi
ip link set lo up
[ -d /sys/kernel/debug/tracing ] || mount -t debugfs lab-debugfs /sys/kernel/debug 2>/dev/null
[ -d /sys/kernel/tracing/events ] || mount -t tracefs lab-tracefs /sys/kernel/tracing 2>/dev/null
[ -d /sys/kernel/debug/tracing/events ] || mount -t tracefs lab-tracefs /sys/kernel/debug/tracing 2>/dev/null
if [ "$SCTP" = yes ] && [ ! -e /proc/net/sctp ]; then
    echo "lab: this kernel has no SCTP" >>"$job/stderr"
    echo 126 >"$job/rc"
    exit 126
fi
. "$job/environment"
cd "$WORK" || exit 126

if [ "$TTY" = yes ] && [ "$WHERE" = vm ]; then
    # The serial port of a guest has no size; the caller writes his into JOB/size whenever it changes.
    tty=/dev/hvc0
    for _ in {1..50}; do [ -c $tty ] && break || sleep 0.1; done
    follow_size() {
        last=
        while sleep 1; do
            read -r size <"$job/size"
            [ "$size" = "$last" ] && continue
            last=$size
            stty -F $tty rows "${size% *}" cols "${size#* }"
        done
    }
    read -r size <"$job/size"
    stty -F $tty sane rows "${size% *}" cols "${size#* }"
    follow_size </dev/null >/dev/null 2>&1 &
    setsid -w -c /bin/bash "$job/command.sh" <$tty >$tty 2>&1
    rc=$?
elif [ "$TTY" = yes ]; then
    /bin/bash "$job/command.sh"
    rc=$?
else
    /bin/bash "$job/command.sh" </dev/null >>"$job/stdout" 2>>"$job/stderr"
    rc=$?
fi
echo $rc >"$job/rc.new" && mv "$job/rc.new" "$job/rc"
exit $rc
