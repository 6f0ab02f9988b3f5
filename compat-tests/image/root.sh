#!/bin/sh
# The image's root file system: root.sh BINARY FOLDER. Also what `make image-root` makes, where there is no container engine.
set -eu
binary=$1 root=$2
mkdir -p "$root/data" "$root/tmp"
cp "$binary" "$root/millpond"
chmod 755 "$root/millpond"
chmod 700 "$root/data"
chmod 1777 "$root/tmp"
# A new volume takes over the owner of the folder it is mounted on.
[ "$(id -u)" != 0 ] || chown 65532:65532 "$root/data" "$root/tmp"
