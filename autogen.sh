#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
# Makes ./configure. Needs autoconf, automake, libtool and pkg-config (tools/quickstart installs them).
set -e
cd "$(dirname "$0")"
exec autoreconf --install --force
