# What the scripts share. Sourced, never run. Afterwards the current folder is the top of the project.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Prints a message and ends the script with status 1.
die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Prints the usage line of the script, after a message if there is one, and ends it with status 2.
usage() {
    [ $# -eq 0 ] || echo "${0##*/}: $*" >&2
    echo "usage: $USAGE" >&2
    exit 2
}

# Succeeds if $1 is a TCP port number.
is_port() {
    [[ $1 =~ ^[0-9]{1,5}$ ]] && ((10#$1 >= 1 && 10#$1 <= 65535))
}

# Succeeds if someone listens on port $1 of this machine's loopback address.
port_in_use() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The folder where `swift sdk install` keeps bundles.
sdk_folder="${HOME:?}/.swiftpm/swift-sdks"
