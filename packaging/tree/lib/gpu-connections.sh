# shellcheck shell=sh
# For the launchers: how many hardware connections to the GPU this process gets, unless the
# environment says it. Each kernel that runs beside others needs one of its own. Each costs time: at
# the process's start, and 2 ms of the time after which the driver tells of a trap, in whichever
# process. So few where kernels run in processes of their own; the suite runs four beside each other
# in this one, too, to compare.
if [ -z "${CUDA_DEVICE_MAX_CONNECTIONS-}" ]; then
  case "$*" in
    *isolation[=\ ]process* | *suite[=\ ]isolation*) CUDA_DEVICE_MAX_CONNECTIONS=4 ;;
    *) CUDA_DEVICE_MAX_CONNECTIONS=32 ;;
  esac
fi
export CUDA_DEVICE_MAX_CONNECTIONS
