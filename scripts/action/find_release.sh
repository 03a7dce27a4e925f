#!/usr/bin/env bash
# A step of action.yml: says which version is used, where it is, and in which folder it is kept.
set -euo pipefail

version="${VERSION:-}"
# v1.2.3 of `uses: owner/locust-ts@v1.2.3`; a branch is no version.
if [ -z "$version" ] && [[ "${ACTION_REF:-}" =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then version="$ACTION_REF"; fi
version="${version#v}"
base_url="${BASE_URL:-}"
if [ -z "$version" ] && [ -z "$base_url" ]; then
  echo "::error::Cannot find a release of locust-ts: the action is used by \"${ACTION_REF:-}\", which is no version; give the input version"
  exit 2
fi
if [ -z "$base_url" ]; then
  base_url="${GITHUB_SERVER_URL:-https://github.com}/${ACTION_REPOSITORY:-}/releases/download/v$version"
fi
# Without a version the address tells one release from another.
if [ -z "$version" ]; then version="at-$(printf '%s' "$base_url" | cksum | cut -d ' ' -f 1)"; fi
{
  echo "version=$version"
  echo "base-url=$base_url"
  echo "folder=${RUNNER_TOOL_CACHE:-$HOME/.cache}/locust-ts/$version"
} >>"$GITHUB_OUTPUT"
