#!/bin/bash
# The mooring command as a user meets it: test_command.sh MOORING
#
# Help of every command, exit statuses, and one clear line for each kind of bad input. No secret may be printed: at the
# end everything that was printed is searched for the keys of the cards that were made.
set -u
mooring=$(readlink -f "$1")
source_config=$(readlink -f "$(dirname "$0")/../../packaging/mooring.yaml")
dir=$(mktemp -d /tmp/mooring-command.XXXXXX)
home_pid=
mounted=
finish() {
    [ -n "$home_pid" ] && kill "$home_pid" 2>/dev/null
    [ -n "$mounted" ] && umount "$mounted" 2>/dev/null
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
unset MOORING_CONFIG

failures=0
passed=0
ok() { passed=$((passed + 1)); }
wrong() { echo "FAILED: $*"; failures=$((failures + 1)); }

# expect STATUS TEXT WORD...: `mooring WORD...` must end with STATUS and print TEXT
expect() {
    local status=$1 text=$2 out got
    shift 2
    out=$("$mooring" "$@" 2>&1 </dev/null)
    got=$?
    printf '%s\n' "$out" >>printed
    if [ "$got" -ne "$status" ]; then
        wrong "mooring $*: status $got, not $status: $out"
    elif ! grep -qF -- "$text" <<<"$out"; then
        wrong "mooring $*: no '$text' in: $out"
    else
        ok
    fi
}

# ---- help ----
expect 0 "Usage: mooring COMMAND"
expect 0 "Usage: mooring COMMAND" --help
commands=$("$mooring" --help | awk '/^Commands:/ {on = 1; next} /^$/ {on = 0}
    on && /^  [a-z]/ {group = $1; print group} on && /^    [a-z]/ {print group " " $1}')
count=0
while read -r command; do
    # shellcheck disable=SC2086
    expect 0 "Usage: mooring $command" $command --help
    # shellcheck disable=SC2086
    expect 0 "mooring $command" $command --help
    # shellcheck disable=SC2086
    "$mooring" $command --help | grep -q "^Example" || wrong "mooring $command --help has no example"
    count=$((count + 1))
done <<<"$commands"
[ "$count" -ge 25 ] && ok || wrong "only $count commands in the help"

# ---- wrong words ----
expect 2 "there is no command 'nonsense'" nonsense
expect 2 "there is no command 'nonsense'" card nonsense
expect 2 "there is no option '--nonsense'" key new --nonsense file
expect 2 "an argument is missing: FILE" key new
expect 2 "too many arguments" key new one two
expect 2 "--count takes a number from 1" card batch --count 0 --plmn 001/01 --key k --out o
expect 2 "is no PLMN" card batch --plmn 00101x --key k --out o
expect 2 "is no IMSI" subscription show 12ab
expect 2 "is no IMEI" lab attach --image x --imei 1234

# ---- the key file ----
expect 1 "mooring key new missing.key" card batch --plmn 001/01 --key missing.key --out batch
expect 0 "readable by you only" key new home.key
[ "$(stat -c %a home.key)" = 600 ] && ok || wrong "home.key has mode $(stat -c %a home.key)"
expect 1 "home.key" key new home.key # never overwrites
cp home.key open.key && chmod 644 open.key
expect 1 "chmod 600 open.key" card batch --plmn 001/01 --key open.key --out batch
echo "12345678 notakey" >garbage.key && chmod 600 garbage.key
expect 1 "garbage.key:1" card batch --plmn 001/01 --key garbage.key --out batch

# ---- the configuration ----
expect 1 "mooring.yaml" subscription list
sed -e 's/^  database: .*/  database: home.db/; s/^  key_file: .*/  key_file: home.key/; s,tcp://127.0.0.1:3868,tcp://127.0.0.1:0,' \
    "$source_config" >mooring.yaml
line() { grep -n "$1" typo.yaml | head -1 | cut -d: -f1; }
sed 's/^  key_file:/  key_fiel:/' mooring.yaml >typo.yaml
expect 1 "typo.yaml:$(line key_fiel): home.key_fiel" home check --config typo.yaml
sed 's/violation: refuse/violation: perhaps/' mooring.yaml >typo.yaml
expect 1 "typo.yaml:$(line perhaps)" home check --config typo.yaml
sed 's/seq_step_max: 64/seq_step_max: many/' mooring.yaml >typo.yaml
expect 1 "typo.yaml:$(line 'seq_step_max: many')" home check --config typo.yaml
sed '/^  key_file:/d' mooring.yaml >typo.yaml
expect 1 "key_file" home check --config typo.yaml

# ---- a batch, its import, and bad ones ----
expect 0 "3 UICCs in batch/" card batch --count 3 --plmn 001/01 --key home.key --out batch
expect 1 "does not exist yet" card batch --count 3 --plmn 001/01 --key home.key --out batch
expect 1 "no profile 'nonsense'" subscription import batch/batch.json --profile nonsense --key home.key
sed 's/"sealed": *"\(..\)../"sealed": "\1ff/' batch/batch.json >edited.json && chmod 600 edited.json
expect 1 "card 1" subscription import edited.json --profile meter --key home.key
head -c 300 batch/batch.json >cut.json && chmod 600 cut.json
expect 1 "cut.json" subscription import cut.json --profile meter --key home.key
expect 0 "3 subscriptions imported" subscription import batch/batch.json --profile meter --key home.key
expect 1 "nothing was imported" subscription import batch/batch.json --profile meter --key home.key
expect 0 "3 subscriptions" home check
expect 1 "no subscription with IMSI 999991234567890" subscription show 999991234567890

# ---- operators ----
imsi=001010000000001
expect 0 "is suspended" subscription suspend $imsi
expect 1 "is suspended already" subscription suspend $imsi
expect 0 "is served again" subscription resume $imsi
expect 1 "is not suspended" subscription resume $imsi
expect 1 "a removal ticket is for a bound UICC" ticket open $imsi
expect 1 "there is no ticket 0123456789abcdef" ticket cancel 0123456789abcdef
"$mooring" subscription list --json | python3 -c 'import json,sys; assert len(json.load(sys.stdin)) == 3' && ok || wrong "subscription list --json"
"$mooring" event list --json | python3 -c 'import json,sys; assert json.load(sys.stdin)[0]["kind"] == "subscription-imported"' && ok || wrong "event list --json"

# ---- card images ----
card=$(ls batch/*.card | head -1)
expect 0 "ICCID" card show "$card"
size=$(stat -c %s "$card")
head -c $((size / 2)) "$card" >cut.card && chmod 600 cut.card
expect 1 "cut.card" card show cut.card
cp -p "$card" edited.card && printf 'x' | dd of=edited.card bs=1 seek=9000 conv=notrunc 2>/dev/null
before=$(sha256sum edited.card)
expect 1 "edited.card" card show edited.card
[ "$before" = "$(sha256sum edited.card)" ] && ok || wrong "a damaged image was changed"
cp "$card" open.card && chmod 644 open.card
expect 1 "open.card" card show open.card
expect 1 "no.card" card show no.card
expect 1 "is no command APDU" card apdu --image "$card" 00A4zz
expect 0 "6D00" card apdu --image "$card" 00FF000000
expect 0 "6E00" card apdu --image "$card" B0A40000

# ---- the database ----
cp home.db newer.db && chmod 600 newer.db
python3 - <<'P'
import sqlite3
db = sqlite3.connect("newer.db")
db.execute("PRAGMA user_version = 999")
db.commit()
P
sed 's/home.db/newer.db/' mooring.yaml >newer.yaml
expect 1 "999" home check --config newer.yaml
echo "this is no database, it is a text that is long enough to be taken for one" >text.db && chmod 600 text.db
sed 's/home.db/text.db/' mooring.yaml >text.yaml
expect 1 "text.db" home check --config text.yaml
sed 's/home.db/none.db/' mooring.yaml >none.yaml
expect 1 "none.db" subscription list --config none.yaml
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=256k tmpfs full 2>/dev/null; then
    mounted=$dir/full
    "$mooring" card batch --count 2000 --plmn 001/01 --key home.key --out many >/dev/null
    sed 's,home.db,full/home.db,' mooring.yaml >full.yaml
    expect 1 "full" subscription import many/batch.json --profile meter --key home.key --config full.yaml
    expect 0 "0 subscriptions" home check --config full.yaml # nothing of it stayed
    expect 0 "3 subscriptions imported" subscription import batch/batch.json --profile meter --key home.key --config full.yaml
else
    echo "skipped: a full disk needs root and tmpfs"
fi

# ---- the home network ----
"$mooring" home run >home.log 2>&1 &
home_pid=$!
for _ in $(seq 50); do
    port=$(sed -n 's,^listening on tcp://127.0.0.1:,,p' home.log)
    [ -n "$port" ] && break
    sleep 0.1
done
attach() { local status=$1 text=$2; shift 2; expect "$status" "$text" lab attach --connect "127.0.0.1:$port" --image "$card" "$@"; }
attach 1 "the UICC asks for PIN1" --imei 49015420323751
attach 1 "VERIFY PIN: 63C2: wrong PIN, 2 tries left" --imei 49015420323751 --pin1 99999999
attach 1 "VERIFY PIN: 63C1: wrong PIN, 1 try left" --imei 49015420323751 --pin1 99999999
attach 1 "VERIFY PIN: not tried: one try is left" --imei 49015420323751 --pin1 99999999
attach 0 "attached" --imei 49015420323751 --risk-last-try --pin-from batch/batch.json --key home.key
attach 1 "63C2" --imei 49015420323751 --pin1 99999999 # the right PIN gave all tries back
other=$(ls batch/*.card | tail -1)
for left in 63C2 63C1 63C0; do
    expect 1 "$left" lab attach --connect "127.0.0.1:$port" --image "$other" --imei 35145120840121 --pin1 99999999 --risk-last-try
done
expect 1 "blocked" lab attach --connect "127.0.0.1:$port" --image "$other" --imei 35145120840121 \
    --risk-last-try --pin-from batch/batch.json --key home.key # the right PIN comes too late
attach 0 "attached" --imei 49015420323751 --pin-from batch/batch.json --key home.key
attach 3 "no IMEI -> ULA: Result-Code 5003" --pin-from batch/batch.json --key home.key
attach 1 "" --imei 49015420323751 --origin-host mme.unknown.example --pin-from batch/batch.json --key home.key
attach 3 "AIA: Result-Code 5003" --imei 49015420323751 --plmn 262/01 --origin-host mme.epc.mnc001.mcc001.3gppnetwork.org \
    --origin-realm epc.mnc001.mcc001.3gppnetwork.org --home-realm epc.mnc001.mcc001.3gppnetwork.org --pin-from batch/batch.json --key home.key
expect 0 "Visited-PLMN-Id 262/01 was not granted" event list
expect 0 "peer-refused" event list
"$mooring" card batch --count 1 --first 77 --plmn 001/01 --key home.key --out unknown >/dev/null
expect 3 "Experimental-Result-Code 5001" lab attach --connect "127.0.0.1:$port" --image "$(ls unknown/*.card)" \
    --imei 49015420323751 --pin-from unknown/batch.json --key home.key
expect 0 "is suspended" subscription suspend $imsi # while it runs
attach 3 "AIA: Result-Code 5003" --imei 49015420323751 --pin-from batch/batch.json --key home.key
expect 0 "is served again" subscription resume $imsi
attach 0 "attached" --imei 49015420323751 --pin-from batch/batch.json --key home.key
expect 0 "sealed under it" key rotate
kill "$home_pid"
wait "$home_pid" && ok || wrong "the home network did not end in order: $(cat home.log)"
home_pid=
expect 0 "3 subscriptions" home check

# ---- no secret was printed ----
# Card images hold K as it is: no 16 octets of it may stand in hexadecimal in anything printed.
cat home.log >>printed
python3 - batch/*.card <<'P' && ok || wrong "a secret was printed"
import sys
printed = open("printed", errors="replace").read().lower()
words = set()
for path in sys.argv[1:]:
    image = open(path, "rb").read()[:40000]
    for i in range(len(image) - 16):
        block = image[i:i + 16]
        if len(set(block)) > 10:  # what looks random
            words.add(block.hex())
bad = [w for w in words if w in printed]
sys.exit(1 if bad else 0)
P
echo "$passed passed, $failures failed"
[ "$failures" -eq 0 ]
