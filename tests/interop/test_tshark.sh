#!/bin/bash
# What Wireshark's Diameter dissector says of our S6a traffic.
#
#   test_tshark.sh COMMAND [ARGUMENT..]   captures on loopback what COMMAND sends, then judges it; @PORT@ in an
#                                         argument becomes the port that the home network is to use
#   test_tshark.sh --judge FILE PORT      judges a capture that is there already
#
# Prints how many AIR, AIA, ULR and ULA were decoded. Fails if one kind is missing, if a frame is malformed, or if
# the dissector has an expert error. Exits with 77 where nobody may capture. Ends only the dumpcap that it started.
set -u
skip() { echo "skipped: $*"; exit 77; }
command -v tshark >/dev/null || skip "no tshark here"

# decode FILE PORT ARGUMENT..: tshark over a file, PORT being Diameter
decode() {
    local file=$1 port=$2
    shift 2
    tshark -n -r "$file" -d "tcp.port==$port,diameter" "$@" 2>>"$dir/tshark.log"
}

# count FILE PORT: "AIR AIA ULR ULA", numbers of messages; a frame may hold several
count() {
    decode "$1" "$2" -Y diameter -T fields -E aggregator=, -e diameter.cmd.code -e diameter.flags.request |
        awk '{
            n = split($1, code, ","); split($2, request, ",")
            for (i = 1; i <= n; i++) seen[code[i], (request[i] == "1" || request[i] == "True")]++
        } END { print seen[318, 1] + 0, seen[318, 0] + 0, seen[316, 1] + 0, seen[316, 0] + 0 }'
}

# judge FILE PORT: exit status 0 if the traffic is well formed and complete
judge() {
    local file=$1 port=$2 air aia ulr ula bad
    read -r air aia ulr ula < <(count "$file" "$port")
    echo "decoded: ${air:=0} AIR, ${aia:=0} AIA, ${ulr:=0} ULR, ${ula:=0} ULA"
    # 0x800000 is the expert severity `error` (epan/proto.h)
    bad=$(decode "$file" "$port" -Y '_ws.malformed || (diameter && _ws.expert.severity >= 0x800000)' \
        -T fields -e frame.number -e diameter.cmd.code -e _ws.expert.message)
    if [ -n "$bad" ]; then
        printf 'FAILED: malformed frames or errors (frame, command, message):\n%s\n' "$bad"
        return 1
    fi
    for kind in "AIR $air" "AIA $aia" "ULR $ulr" "ULA $ula"; do
        if [ "${kind#* }" -eq 0 ]; then
            echo "FAILED: no ${kind% *} was decoded"
            cat "$dir/tshark.log"
            return 1
        fi
    done
    # For the reader only: what Wireshark finds unusual but not wrong.
    decode "$file" "$port" -Y 'diameter && _ws.expert.severity == 0x600000' -T fields -e _ws.expert.message |
        sort | uniq -c | sed 's/^/warned: /'
}

dir=$(mktemp -d /tmp/mooring-tshark.XXXXXX)
capture_pid=
finish() {
    [ -z "$capture_pid" ] || kill "$capture_pid" 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

if [ "${1:-}" = --judge ]; then
    judge "$2" "$3"
    exit
fi

command -v dumpcap >/dev/null || skip "no dumpcap here"
dumpcap -D >"$dir/interfaces" 2>/dev/null
grep -q '\blo\b' "$dir/interfaces" || skip "capturing on loopback is not allowed here (needs root)"

# knock: a connection attempt to PORT, which the capture must see whether somebody listens or not
knock() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
# caught: how many octets are in the capture file
caught() { stat -c %s "$dir/s6a.pcapng" 2>/dev/null || echo 0; }
# wait_until_grown FROM: knocks until the capture file holds more than FROM octets, for 10 s at most
wait_until_grown() {
    for _ in $(seq 100); do
        knock
        [ "$(caught)" -le "$1" ] || return 0
        kill -0 "$capture_pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

for _ in $(seq 20); do
    port=$((20000 + RANDOM % 10000)) # below the ports that Linux gives to clients
    knock || break
done

dumpcap -q -i lo -f "tcp port $port" -w "$dir/s6a.pcapng" 2>"$dir/dumpcap.log" &
capture_pid=$!
for _ in $(seq 50); do
    [ "$(caught)" -eq 0 ] || break
    sleep 0.1
done
if ! wait_until_grown "$(caught)"; then
    kill -0 "$capture_pid" 2>/dev/null || skip "capturing is not allowed here: $(grep -m 1 '^dumpcap: ' "$dir/dumpcap.log")"
    echo "FAILED: the capture does not see loopback traffic"
    cat "$dir/dumpcap.log"
    exit 1
fi

status=0
"${@//@PORT@/$port}" >"$dir/command.log" 2>&1 </dev/null || status=$?
if [ "$status" -ne 0 ]; then
    echo "FAILED: $1 ended with $status:"
    cat "$dir/command.log"
    exit 1
fi
wait_until_grown "$(caught)" # then everything before the knock is in the file
kill -INT "$capture_pid"
wait "$capture_pid"
capture_pid=
judge "$dir/s6a.pcapng" "$port"
