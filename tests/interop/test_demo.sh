#!/bin/sh
# test_demo.sh MOORING: the demonstration with pcscd, where it can be had.
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "pcscd needs root"
command -v pcscd >/dev/null || skip "no pcscd here"
exec "$1" demo
