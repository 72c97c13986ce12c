#!/usr/bin/env bash
# Puts dist/ of the release into this checkout, if the checkout is that release: its tag or its commit. Fails otherwise.
set -euo pipefail

version="$(node -p "require('./package.json').version")"
tag="v$version"
[[ "$ACTION_REF" = "$tag" || "$ACTION_REF" =~ ^[0-9a-f]{40}$ ]] || exit 1

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
package="landfall-$version.tgz"
for file in "$package" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" \
    "$GITHUB_SERVER_URL/$ACTION_REPOSITORY/releases/download/$tag/$file" || exit 1
done
(cd "$folder" && grep " $package\$" SHA256SUMS | sha256sum --check --quiet)
tar --extract --gzip --file "$folder/$package" --directory "$folder"
commit="$(node -p "require('$folder/package/package.json').gitHead")"
[[ "$ACTION_REF" = "$tag" || "$ACTION_REF" = "$commit" ]] || exit 1
mv "$folder/package/dist" dist
