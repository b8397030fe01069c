#!/bin/sh
# Installs scr-llm from this folder: ./install.sh [FOLDER]
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
for python in python3.14 python3.13 python3.12 python3.11 python3; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" "$here/install.py" "$@"
  fi
done
echo "Python 3.11 or later is needed, and none was found. Install one, then run this again." >&2
exit 1
