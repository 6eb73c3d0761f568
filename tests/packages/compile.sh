#!/bin/sh
# Compiled once by root, or every start of an ordinary user would compile all of it anew.
for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
  path=$(PATH=/usr/bin:/bin command -v "$python") &&
    "$path" -IS -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null &&
    "$path" -I -m compileall -q /usr/lib/sctptop && break
done
exit 0
