#!/bin/sh
# run.sh SCRIPT INPUT OUTPUT: one case of the SQL benchmark (script CASE.kda.sql, schema CASE.json beside this file).
# MILLPOND names the binary.
exec "${MILLPOND:-millpond}" sql --quiet --schema "$(dirname "$0")/$(basename "$1" .kda.sql).json" --script "$1" --input "$2" --output "$3"
