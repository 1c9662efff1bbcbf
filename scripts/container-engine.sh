#!/bin/sh
# Podman with what a nested machine needs: use it as PARACOSM_CONTAINER_ENGINE, or as `podman`.
# Where cgroups are hybrid (v1 controllers beside an empty `unified` mount) Podman refuses. It then runs on runc in a mount
# namespace without that mount, one for all calls because containers live in it, with limits that need no raising.
# Outside, nothing changes but the file that keeps the namespace: /run/paracosm-engine/mount (umount it to be rid of it).
set -e
command -v podman >/dev/null 2>&1 || { echo 'container-engine: podman is not installed' >&2; exit 127; }

if [ ! -d /sys/fs/cgroup/unified ] || [ "$(id -u)" -ne 0 ]; then
  exec podman "$@"
fi

keep=/run/paracosm-engine
if ! nsenter --mount="$keep/mount" true 2>/dev/null; then
  mkdir -p "$keep"
  (
    flock 9
    if ! nsenter --mount="$keep/mount" true 2>/dev/null; then
      mount --bind "$keep" "$keep"
      mount --make-private "$keep"
      touch "$keep/mount"
      unshare --mount="$keep/mount" sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null || true'
    fi
  ) 9>"$keep.lock"
fi

if [ "$1" = run ] || [ "$1" = create ]; then
  verb=$1
  shift
  set -- "$verb" --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$@"
fi
exec nsenter --mount="$keep/mount" --wd="$PWD" podman --runtime runc "$@"
