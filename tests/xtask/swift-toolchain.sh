#!/usr/bin/env bash
# A Swift toolchain on a Debian machine that has none: Debian trixie's package `swiftlang` in a private root, entered with
# bubblewrap. About 90 s and 2.5 GB the first time, a fraction of a second afterwards.
#
#   swift-toolchain.sh DIR              make the toolchain in DIR (nothing to do if it is complete)
#   swift-toolchain.sh DIR run CMD...   run CMD inside it, in the current folder
#   swift-toolchain.sh DIR remove       delete it
#
# `run` binds the git work tree that holds $PWD (or, outside git, $PWD) and each folder in $SWIFT_BIND (colon-separated) at
# the same path, and passes on the variables named in $SWIFT_ENV (space-separated).
#
# No mount outlives a command: debootstrap runs in its own mount and PID namespace, everything else in bubblewrap's. Killing
# this script by its PID ends what runs inside too.
#
# DIR/rootfs   the finished root           DIR/rootfs.partial  one half-made, resumed by the next call
# DIR/stamp    recipe of the finished one  DIR/home            $HOME inside
set -euo pipefail

SUITE=trixie
PACKAGES=(swiftlang libc6-dev libstdc++-14-dev libssl-dev)
RECIPE="2 $SUITE ${PACKAGES[*]}"       # raise the number to force a rebuild

die() { echo "swift-toolchain: $*" >&2; exit 1; }
say() { echo "swift-toolchain: $*" >&2; }

[ $# -ge 1 ] || die "usage: $0 DIR [run CMD... | remove]"
mkdir -p "$1"; DIR=$(cd "$1" && pwd -P); shift
[ "$DIR" != / ] || die "DIR must not be /"
ROOT=$DIR/rootfs PART=$DIR/rootfs.partial STAMP=$DIR/stamp

complete() { [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$RECIPE" ] && [ -x "$ROOT/usr/bin/swiftc" ]; }

# Deletes a tree, never through a mount point.
drop() {
  [ -e "$1" ] || return 0
  if awk -v p="$1/" 'index($5 "/", p) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
    die "something is mounted under $1; unmount it first"
  fi
  rm -rf --one-file-system -- "$1"
}

# enter ROOT [bwrap options] -- CMD...
enter() {
  local root=$1; shift
  mkdir -p "$DIR/home"
  exec bwrap --bind "$root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run \
    --bind "$DIR/home" /root \
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf --ro-bind-try /etc/hosts /etc/hosts \
    --unshare-pid --unshare-ipc --unshare-uts --die-with-parent \
    --clearenv --setenv HOME /root --setenv LANG C.UTF-8 --setenv TERM "${TERM:-dumb}" \
    --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# need PROGRAM:PACKAGE... installs what the host lacks of them.
need() {
  local miss=() pair
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || miss+=("${pair##*:}"); done
  [ ${#miss[@]} -eq 0 ] && return
  [ "$(id -u)" = 0 ] || die "install first: ${miss[*]}"
  local apt=(apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  "${apt[@]}" update >&2
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "${miss[@]}" >&2
}

make_root() {
  exec 9>"$DIR/lock"; flock 9
  need bwrap:bubblewrap
  complete && { say "complete: $ROOT"; return; }
  [ "$(id -u)" = 0 ] || die "making the root needs root"
  need debootstrap:debootstrap
  rm -f "$STAMP"; drop "$ROOT"
  if [ ! -f "$PART/.base-done" ]; then
    drop "$PART"
    say "debootstrap $SUITE"
    # setpriv: killing this script kills unshare; --kill-child: and that, all inside.
    # Descriptor 9 stays open in them, so the lock is held until the last one is gone.
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
      debootstrap --variant=minbase "$SUITE" "$PART" >"$DIR/debootstrap.log" 2>&1 ||
      { tail -20 "$DIR/debootstrap.log" >&2; die "debootstrap failed"; }
    touch "$PART/.base-done"
  else
    say "resuming: the base is there"
  fi
  say "installing ${PACKAGES[*]}"
  # Nothing starts services; no docs; dpkg need not fsync a tree we can remake.
  printf '#!/bin/sh\nexit 101\n' >"$PART/usr/sbin/policy-rc.d"; chmod +x "$PART/usr/sbin/policy-rc.d"
  printf 'path-exclude=/usr/share/%s/*\n' doc man locale info >"$PART/etc/dpkg/dpkg.cfg.d/slim"
  echo force-unsafe-io >"$PART/etc/dpkg/dpkg.cfg.d/fast"
  ( enter "$PART" --cap-add ALL --setenv DEBIAN_FRONTEND noninteractive -- /bin/sh -ec '
      dpkg --configure -a
      apt-get -q -o Acquire::Retries=3 update
      apt-get -q -o Acquire::Retries=3 install -y --no-install-recommends "$@"
      apt-get clean; rm -rf /var/lib/apt/lists/*
      swiftc --version' sh "${PACKAGES[@]}" ) >"$DIR/install.log" 2>&1 ||
    { tail -20 "$DIR/install.log" >&2; die "install failed; run again to resume"; }
  mv "$PART" "$ROOT"
  echo "$RECIPE" >"$STAMP.new" && mv "$STAMP.new" "$STAMP"
  say "made $ROOT: $(grep -m1 'Swift version' "$DIR/install.log")"
}

run_in() {
  [ $# -ge 1 ] || die "run what?"
  complete || die "no complete toolchain in $DIR; run '$0 $DIR' first"
  command -v bwrap >/dev/null || die "install bubblewrap first"
  local opts=() here top d v
  here=$(pwd -P); top=$(git -C "$here" rev-parse --show-toplevel 2>/dev/null || echo "$here")
  opts+=(--bind "$top" "$top")
  local IFS=:
  for d in ${SWIFT_BIND:-}; do opts+=(--bind "$d" "$d"); done
  IFS=' '
  for v in ${SWIFT_ENV:-}; do if [ -n "${!v+x}" ]; then opts+=(--setenv "$v" "${!v}"); fi; done
  enter "$ROOT" "${opts[@]}" --remount-ro / --chdir "$here" -- "$@"
}

case ${1:-make} in
  make) make_root ;;
  run) shift; run_in "$@" ;;
  remove) drop "$ROOT"; drop "$PART"; drop "$DIR/home"; rm -f "$STAMP" "$DIR"/*.log "$DIR/lock"; rmdir "$DIR" ;;
  *) die "unknown command: $1" ;;
esac
