#!/bin/bash
# Our pcscd driver in a real pcscd: test_pcscd.sh DRIVER CLIENT
#
# Needs root (pcscd does). Where a mount namespace can be made, /run/pcscd is a file system of our own, so
# that the system's pcscd is not met; else /run/pcscd is used if nobody listens there. Exits with 77 (skipped)
# if neither is possible. Ends only the pcscd that it started.
set -u
driver=$(readlink -f "$1") # pcscd wants whole paths
client=$(readlink -f "$2")

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "pcscd needs root"
command -v pcscd >/dev/null || skip "no pcscd here"

if [ -z "${MOORING_OWN_RUN:-}" ]; then
    if unshare -m true 2>/dev/null; then
        MOORING_OWN_RUN=1 exec unshare -m --propagation private "$0" "$@"
    fi
    MOORING_OWN_RUN=0
fi
mkdir -p /run/pcscd || skip "cannot make /run/pcscd"
if [ "$MOORING_OWN_RUN" = 1 ] && ! mount -t tmpfs tmpfs /run/pcscd 2>/dev/null; then
    MOORING_OWN_RUN=0
fi
if [ "$MOORING_OWN_RUN" = 0 ] && "$client" list >/dev/null 2>&1; then
    skip "a pcscd runs here already, and no mount namespace can be made to be alone"
fi

dir=$(mktemp -d /tmp/mooring-pcscd.XXXXXX)
pcscd_pid=
scan_pid=
finish() {
    [ -n "$scan_pid" ] && kill "$scan_pid" 2>/dev/null
    if [ -n "$pcscd_pid" ]; then
        kill "$pcscd_pid" 2>/dev/null
        wait "$pcscd_pid" 2>/dev/null
    fi
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

failures=0
note() { echo "ok: $*"; }
wrong() { echo "FAILED: $*"; failures=$((failures + 1)); }
# expect TEXT WHAT COMMAND..: the output must hold TEXT
expect() {
    local text=$1 what=$2 out
    shift 2
    out=$("$@" 2>&1)
    if grep -qiF -- "$text" <<<"$out"; then note "$what"; else wrong "$what: no '$text' in: $out"; fi
}
# wait_for TEXT WHAT COMMAND..: as expect, but within 5 s
wait_for() {
    local text=$1 what=$2
    shift 2
    for _ in $(seq 50); do
        "$@" 2>&1 | grep -qiF -- "$text" && { note "$what"; return; }
        sleep 0.1
    done
    wrong "$what: no '$text' in: $("$@" 2>&1)"
}

iccid1=8988000000000000016
iccid2=8988000000000000024
imsi1=001010000000001
imsi2=001010000000002
mkdir -m 755 "$dir/slot0" "$dir/slot1" "$dir/conf"
for slot in 0 1; do
    printf 'FRIENDLYNAME "Mooring %s"\nDEVICENAME %s/slot%s\nLIBPATH %s\nCHANNELID %s\n' \
        "$slot" "$dir" "$slot" "$driver" "$slot"
done >"$dir/conf/mooring"
reader0='Mooring 0 00 00'
reader1='Mooring 1 01 00'

expect "no pcscd is running" "without pcscd the client says so" "$client" list
expect "no pcscd serves it" "without pcscd the slot says so" "$client" status "$dir/slot0"

"$client" make "$dir/one.card" $iccid1 $imsi1 || exit 1
"$client" make "$dir/two.card" $iccid2 $imsi2 || exit 1

pcscd --foreground --config "$dir/conf" >"$dir/pcscd.log" 2>&1 &
pcscd_pid=$!
wait_for "$reader0" "pcscd has the first reader" "$client" list
wait_for "$reader1" "pcscd has the second reader" "$client" list
if [ "$failures" -gt 0 ]; then
    echo "pcscd does not come up:"
    cat "$dir/pcscd.log"
    exit 1
fi
expect "no card in the reader" "an empty slot is an empty reader" "$client" identify "$reader0"
expect "pcscd has '$reader0', '$reader1'" "a wrong reader name gives the right ones" "$client" identify Nobody

"$client" insert "$dir/slot0" "$dir/one.card" || wrong "insert of card one"
expect "present $iccid1" "the slot tells the ICCID" "$client" status "$dir/slot0"
wait_for "$iccid1 $imsi1 2" "our terminal reads ICCID, IMSI and MNC length" "$client" identify "$reader0"

# RAND and AUTN of TS 35.208 4.3.1; AUTS of the same SQN
rand=23553cbe9637a89d218ae64dae47bf35
autn=55f328b43577b9b94a9ffac354dfafb3
res="a54211d5e3ba50bf b40ba9a3c58b2a05bbf0d987b21bf8cb f769bcd751044604127672711c6d3441"
expect "mac" "a wrong AUTN is a MAC failure" "$client" authenticate "$reader0" $rand 55f328b43577b9b94a9ffac354dfafb4
expect "success $res" "TS 35.208 test set 1" "$client" authenticate "$reader0" $rand $autn
expect "synchronisation ba853f3c123ccf44e93596e355c6" "the same again is a synchronisation failure" \
    "$client" authenticate "$reader0" $rand $autn

if command -v opensc-tool >/dev/null; then
    expect "3b" "opensc-tool reads the ATR" opensc-tool -r "$reader0" --atr
    # SELECT MF, SELECT EF_ICCID, READ BINARY; the ICCID in swapped BCD
    expect "98 88 00 00 00 00 00 00 10 F6" "opensc-tool reads EF_ICCID by raw APDUs" \
        opensc-tool -r "$reader0" -s 00:A4:00:0C:02:3F:00 -s 00:A4:00:0C:02:2F:E2 -s 00:B0:00:00:0A
    expect "SW1=0x6D" "an unknown instruction is answered" opensc-tool -r "$reader0" -s 00:FF:00:00
fi
if command -v pcsc_scan >/dev/null; then
    atr=$(opensc-tool -r "$reader0" --atr 2>/dev/null | tr a-f A-F | tr ':' ' ')
    pcsc_scan -n </dev/null >"$dir/scan.txt" 2>&1 &
    scan_pid=$!
    wait_for "ATR: ${atr:-3B}" "pcsc_scan shows the card and its ATR" cat "$dir/scan.txt"
fi

expect "in use" "one image is in one reader only" "$client" insert "$dir/slot1" "$dir/one.card"
"$client" insert "$dir/slot1" "$dir/two.card" || wrong "insert of card two"
wait_for "$iccid2 $imsi2" "two readers at once" "$client" identify "$reader1"
wait_for "$iccid1 $imsi1" "two readers at once, the first" "$client" identify "$reader0"

"$client" remove "$dir/slot1" || wrong "removal"
wait_for "no card in the reader" "removal is seen" "$client" identify "$reader1"
"$client" insert "$dir/slot0" "$dir/two.card" || wrong "swap"
wait_for "$iccid2 $imsi2" "a swap while pcscd runs is seen" "$client" identify "$reader0"
"$client" insert "$dir/slot0" "$dir/one.card" || wrong "swap back"
wait_for "$iccid1 $imsi1" "and back" "$client" identify "$reader0"
if [ -n "$scan_pid" ]; then
    wait_for "Card removed" "pcsc_scan saw a removal" cat "$dir/scan.txt"
    kill "$scan_pid"
    wait "$scan_pid" 2>/dev/null
    scan_pid=
fi
expect "synchronisation" "SQN lasts over a swap" "$client" authenticate "$reader0" $rand $autn

head -c 5000 "$dir/two.card" >"$dir/short.card" && chmod 600 "$dir/short.card"
expect "truncated: 5000 of" "a truncated image is refused clearly" "$client" insert "$dir/slot1" "$dir/short.card"
expect "error  card image $dir/short.card: truncated" "and the slot shows it" "$client" status "$dir/slot1"
expect "no card in the reader" "and the reader is empty" "$client" identify "$reader1"
grep -q "short.card: truncated" "$dir/pcscd.log" || wrong "pcscd's log does not name the truncated image"
cp -p "$dir/two.card" "$dir/edited.card"
printf X | dd of="$dir/edited.card" bs=1 seek=3000 conv=notrunc status=none
expect "digest wrong" "an edited image is refused clearly" "$client" insert "$dir/slot1" "$dir/edited.card"
chmod 644 "$dir/two.card"
expect "chmod 600" "an image that others can read is refused" "$client" insert "$dir/slot1" "$dir/two.card"
chmod 600 "$dir/two.card"
"$client" insert "$dir/slot1" "$dir/two.card" || wrong "insert after errors"
wait_for "$iccid2" "a good card after bad ones" "$client" identify "$reader1"
chmod 777 "$dir/slot1"
expect "others may write" "a slot that others may write to is refused" "$client" remove "$dir/slot1"
chmod 755 "$dir/slot1"

# kill -9: nothing is lost, and the lock is gone with the process
kill -9 "$pcscd_pid"
wait "$pcscd_pid" 2>/dev/null
rm -f /run/pcscd/pcscd.comm /run/pcscd/pcscd.pid
pcscd --foreground --config "$dir/conf" >>"$dir/pcscd.log" 2>&1 &
pcscd_pid=$!
wait_for "$iccid1" "the cards are in their slots after kill -9 of pcscd" "$client" identify "$reader0"
expect "synchronisation" "SQN lasts over kill -9" "$client" authenticate "$reader0" $rand $autn
kill "$pcscd_pid"
wait "$pcscd_pid" 2>/dev/null
pcscd_pid=
expect "no pcscd serves it" "after pcscd has ended the slot says so" "$client" status "$dir/slot0"

if [ "$failures" -gt 0 ]; then
    echo "$failures failed; pcscd's log:"
    tail -40 "$dir/pcscd.log"
    exit 1
fi
