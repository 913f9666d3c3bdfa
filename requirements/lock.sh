#!/bin/sh
# Write the locks again: names, versions and hashes, no addresses, for plain pip on
# every platform and Python >= 3.11. Needs `uv` on the PATH, only for this.
set -eu
cd "$(dirname "$0")"
lock="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header"
$lock run.in -o run.txt
$lock build.in -o build.txt
$lock run.in team.in -c run.txt -o team.txt
$lock run.in team.in dask.in build.in test.in -c run.txt -c team.txt -c build.txt -o test.txt

# pip looks for `sqlalchemy[asyncio]`, which Prefect asks for, without minding that a lock
# names `sqlalchemy`, and then has no hash for the newer one it finds. As a constraint it
# holds with and without extras.
awk '/^sqlalchemy==/ { held = 1 } held { print } held && !/\\$/ { exit }' run.txt >held.txt
for name in run team test; do
  { echo "-c held.txt"; cat "$name.txt"; } >"$name.new"
  mv "$name.new" "$name.txt"
done
