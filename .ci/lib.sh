# What .ci/run is written in.
passed=0
failed=0
failures= # repeated at the end, where it is looked for

heading() { printf '\n== %s\n' "$1"; }

# part NAME COMMAND…: a failure is counted, and the rest goes on.
part() {
  local name=$1 began=$SECONDS
  shift
  heading "$name"
  if "$@"; then
    echo "== $name: ok, $((SECONDS - began)) s"
  else
    failed=$((failed + 1))
    echo "== $name: FAILED, $((SECONDS - began)) s"
    return 1
  fi
}

# tests NAME SCRIPT [VARIABLE=VALUE…]: a script of package.json that runs ava, whose own counts are added.
tests() {
  local name=$1 script=$2 log now_failed status began=$SECONDS
  shift 2
  log=$(mktemp)
  heading "$name"
  env "$@" npm run "$script" 2>&1 | tee "$log"
  status=$?
  passed=$((passed + $(grep -ac '^ *✔ ' "$log")))
  now_failed=$(grep -aoE '^ *[0-9]+ tests? failed' "$log" | awk '{ sum += $1 } END { print sum + 0 }')
  # A crash or a time-out is a failure that ava counts nowhere.
  [ "$status" -ne 0 ] && [ "$now_failed" -eq 0 ] && now_failed=1
  failed=$((failed + now_failed))
  [ "$now_failed" -eq 0 ] || failures+="
== $name: what failed
$(grep -avE '^ *✔ |^$' "$log" | tail -n 80)
"
  rm "$log"
  echo "== $name: $((SECONDS - began)) s"
}

# cannot WHAT: a part that this machine cannot run; on CI that is a failure.
cannot() {
  echo "Cannot $1."
  [ "${CI:-}" = true ] && failed=$((failed + 1))
  return 1
}

# answers URL: whether a database server listens there.
answers() {
  local address=${1#*@}
  address=${address%%/*}
  (: <"/dev/tcp/${address%:*}/${address#*:}") 2>/dev/null || cannot "test on ${1%%:*}: nothing listens at $address"
}

finish() {
  printf '%s' "$failures"
  printf '\n== the whole: %d min %d s' $((SECONDS / 60)) $((SECONDS % 60))
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $?
}
