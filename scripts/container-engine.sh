#!/bin/sh
# Podman with what a bare or nested machine needs: use it as PARACOSM_CONTAINER_ENGINE, or as `podman`.
# Hybrid cgroups (v1 controllers beside an empty `unified` mount) make Podman refuse: it then runs in a mount namespace
# of its own without that mount, on runc, and containers get limits of their own where raising them is not permitted.
# Nothing outside that namespace changes.
set -e
command -v podman >/dev/null 2>&1 || { echo 'container-engine: podman is not installed' >&2; exit 127; }

if [ ! -d /sys/fs/cgroup/unified ] || [ "$(id -u)" -ne 0 ]; then
  exec podman "$@"
fi
if [ "$1" = run ] || [ "$1" = create ]; then
  verb=$1
  shift
  set -- "$verb" --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$@"
fi
# shellcheck disable=SC2016
exec unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec podman --runtime runc "$@"' podman "$@"
