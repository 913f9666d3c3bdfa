#!/bin/sh
# What deploy/Dockerfile describes, without an engine: its files, its user, a closed disk.
#
#     unshare --mount --pid --fork --mount-proc sh image.sh SOURCES PYTHON SITE COMMANDS
#
# SOURCES is what the image copies, SITE holds the locked requirements, COMMANDS is run as
# the image's user. Everything happens under /opt, which is memory of this process's own.
set -eu
sources=$1 python=$2 site=$3 commands=$4
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /opt
cp -r "$sources" /opt/build
cp "$commands" /opt/commands.sh

# the interpreter may lie in a home that is closed to others
base=$("$python" -c 'import sys; print(sys.base_prefix)')
mkdir /opt/python /opt/site
mount --bind "$base" /opt/python
mount --bind "$site" /opt/site
case $base in /root/*)
  mount -t tmpfs -o mode=755 tmpfs /root
  mkdir -p "$base"
  mount --bind /opt/python "$base" ;;
esac

"$base/bin/python3" -m venv --without-pip /opt/triptych
packages=$(echo /opt/triptych/lib/python3.*/site-packages)
echo /opt/site >"$packages/requirements.pth"
cd /opt/build
PYTHONPATH=/opt/site "$base/bin/python3" -m pip --python /opt/triptych/bin/python install \
  --quiet --no-deps --no-build-isolation --no-index --root-user-action ignore .
printf '#!/bin/sh\nexec /opt/triptych/bin/python -m prefect "$@"\n' >/opt/triptych/bin/prefect
chmod +x /opt/triptych/bin/prefect
rm -rf /opt/build
install -d -o 10001 -g 10001 /opt/data

# from here on as in the container: nothing but the volume and /tmp can be written
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o uid=10001,gid=10001,mode=755 tmpfs /opt/data
mount -o remount,bind,ro /opt
mount -o remount,bind,ro /opt/site
mount -o remount,bind,ro /
cd /opt/data
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all \
  env -i PATH=/opt/triptych/bin:/usr/bin:/bin LANG=C.UTF-8 \
  PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/opt/data \
  PREFECT_HOME=/opt/data/prefect TRIPTYCH_CACHE=/opt/data/cache DO_NOT_TRACK=1 \
  sh -eu /opt/commands.sh
