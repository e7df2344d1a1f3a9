# shellcheck shell=sh
# For the launchers: where standard output or standard error is a terminal, how wide it is.
# COLUMNS in the environment goes before what the terminal says.

terminal_options() { # sets $terminal to properties of the Java virtual machine
  terminal=
  [ -t 1 ] || [ -t 2 ] || return 0
  columns=${COLUMNS-}
  case $columns in
    '' | *[!0-9]*)
      columns=$({ stty size </dev/tty; } 2>/dev/null) || columns=
      columns=${columns#* }
      ;;
  esac
  case $columns in
    '' | *[!0-9]* | 0 | ?????*) columns=80 ;;
  esac
  [ ! -t 1 ] || terminal=-Dgpumq.columns=$columns
  [ ! -t 2 ] || terminal="$terminal -Dgpumq.progress=$columns"
}
