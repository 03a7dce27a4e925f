#!/usr/bin/env bash
# A step of action.yml: installs the executable, unless the cache has brought it.
set -euo pipefail

for name in locust-ts locust-ts.exe; do
  if [ -x "$FOLDER/$name" ] && "$FOLDER/$name" --version; then exit 0; fi
done
sh "$(dirname "$0")/../install.sh" --base-url "$BASE_URL" --to "$FOLDER"
