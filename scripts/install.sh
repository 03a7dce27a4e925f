#!/bin/sh
# Installs locust-ts for this machine: picks the executable for its system, processor and C library, checks it against SHA256SUMS, and
# puts it in place as a whole.
#
#     sh install.sh [--base-url URL] [--to FOLDER]
#
# URL is the folder of a release: it has SHA256SUMS and the executables. LOCUST_TS_BASE_URL and LOCUST_TS_INSTALL_DIR say the same.
set -eu

base_url="${LOCUST_TS_BASE_URL:-@BASE_URL@}"
folder="${LOCUST_TS_INSTALL_DIR:-${HOME:-}/.local/bin}"

give_up() {
  printf 'Cannot install locust-ts: %s\n' "$1" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

while [ $# -gt 0 ]; do
  case "$1" in
    --base-url | --to)
      [ $# -ge 2 ] || give_up "$1 has no value"
      if [ "$1" = --to ]; then folder="$2"; else base_url="$2"; fi
      shift 2
      ;;
    -h | --help)
      printf 'usage: install.sh [--base-url URL] [--to FOLDER]\n'
      exit 0
      ;;
    *) give_up "\"$1\" is not known; write install.sh [--base-url URL] [--to FOLDER]" ;;
  esac
done

# A release made without an address leaves its mark in place.
case "$base_url" in
  '' | @*) give_up 'no address is known; give the folder of a release with --base-url URL' ;;
esac
base_url="${base_url%/}"

name_platform() {
  system=$(uname -s)
  processor=$(uname -m)
  case "$processor" in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) give_up "there is no executable for the processor $processor; run locust-ts from source" ;;
  esac
  case "$system" in
    Linux)
      if is_musl; then echo "linux-$processor-musl"; else echo "linux-$processor"; fi
      ;;
    Darwin)
      # A shell under Rosetta says x86_64 on Apple silicon.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then processor=arm64; fi
      echo "darwin-$processor"
      ;;
    MINGW* | MSYS* | CYGWIN*) echo "windows-$processor.exe" ;;
    *) give_up "there is no executable for $system; run locust-ts from source" ;;
  esac
}

# Bun is built for x64 processors of about 2008 and newer; on an older one it ends with "Illegal instruction", and says no more.
lacks_sse42() {
  [ -r /proc/cpuinfo ] && ! grep -q -w sse4_2 /proc/cpuinfo
}

is_musl() {
  if has getconf && getconf GNU_LIBC_VERSION >/dev/null 2>&1; then return 1; fi
  if has ldd && ldd --version 2>&1 | grep -qi musl; then return 0; fi
  for loader in /lib/ld-musl-*.so.1; do
    if [ -e "$loader" ]; then return 0; fi
  done
  return 1
}

download() {
  if has curl; then
    curl -fsSL --retry 2 -o "$2" "$1" || give_up "$1 cannot be downloaded"
  elif has wget; then
    wget -q -O "$2" "$1" || give_up "$1 cannot be downloaded"
  else
    give_up 'neither curl nor wget is installed'
  fi
}

sha256_of() {
  if has sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif has shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif has openssl; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    give_up 'none of sha256sum, shasum and openssl is installed, so the download cannot be checked'
  fi
}

platform=$(name_platform)
file="locust-ts-$platform"
target="$folder/locust-ts"
case "$platform" in *.exe) target="$target.exe" ;; esac

mkdir -p "$folder" || give_up "the folder $folder cannot be made"
# In the same folder: moving it into place is then one step, and a program that runs at that moment keeps running.
workshop=$(mktemp -d "$folder/.locust-ts-XXXXXX") || give_up "$folder cannot be written to; choose another with --to FOLDER"
trap 'rm -rf "$workshop"' EXIT
trap 'exit 130' INT TERM

download "$base_url/SHA256SUMS" "$workshop/SHA256SUMS"
wanted=$(awk -v name="$file" '$2 == name { print $1 }' "$workshop/SHA256SUMS")
[ -n "$wanted" ] || give_up "the release at $base_url has no $file"
download "$base_url/$file" "$workshop/$file"
found=$(sha256_of "$workshop/$file")
[ "$found" = "$wanted" ] || give_up "$file has the checksum $found, not $wanted; the download is damaged or not genuine"
chmod 755 "$workshop/$file"
if ! version=$("$workshop/$file" --version 2>"$workshop/words"); then
  cat "$workshop/words" >&2
  case "$platform" in
    linux-x64*) lacks_sse42 && give_up "this processor has no SSE4.2, which $file needs" ;;
  esac
  case "$platform" in
    *-musl) give_up "$file does not start here; on Alpine it needs: apk add libstdc++" ;;
    *) give_up "$file does not start here; see its words above" ;;
  esac
fi
mv -f "$workshop/$file" "$target"
printf 'Installed %s as %s\n' "$version" "$target"
case ":${PATH:-}:" in
  *":$folder:"*) ;;
  *) printf 'Put its folder on the PATH: export PATH="%s:$PATH"\n' "$folder" ;;
esac
