// The layout of a queue's shared memory and the words in it: the one place that says so. The Java
// twin is io.gpumq.kernels.RingLayout; a test compares the two constant by constant.
//
// The shared-memory file, page by page (a page is 4,096 bytes):
//
//   0        4096            8192
//   +--------+---------------+-------------+---------+-------------+--------+---------+-------+
//   | header | control block | descriptors | ingress | completions | window | express | reads |
//   +--------+---------------+-------------+---------+-------------+--------+---------+-------+
//
// control block  128 B a word          host and device, each its own words
// descriptors    8 B an ingress slot   host
// ingress        payloads              host
// completions    8 B a slot in VRAM    device
// window         payloads and results  device
// express        cells, in and out     host the ones in, device the ones out
// reads          copies from VRAM      copy engine
//
// Sizes and places of the later blocks stand in the header. Every shared word has one writer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpumq {

// --- The file --------------------------------------------------------------------------------
constexpr uint64_t kMagic = 0x31514d5550470a1aull;  // "\x1a\nGPUMQ1", little endian
constexpr uint32_t kVersion = 1;
constexpr uint32_t kPageBytes = 4096;
constexpr uint32_t kHeaderOffset = 0;
constexpr uint32_t kControlOffset = 4096;

// The header, written once before anybody else looks, magic last.
struct FileHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t slot_bytes;       // largest payload
  uint64_t file_bytes;
  uint64_t capacity;         // slots of the VRAM ring, and completion words
  uint64_t ingress_slots;    // slots of the ingress ring, and descriptors
  uint64_t window_slots;     // slots of the egress window
  uint32_t stride_bytes;     // a slot of the VRAM ring and of the window: payload, then result
  uint32_t read_area_bytes;  // one of the areas that reads from VRAM land in
  uint64_t read_areas;
  uint64_t descriptors_offset;
  uint64_t ingress_offset;
  uint64_t completions_offset;
  uint64_t window_offset;
  uint64_t express_offset;
  uint64_t reads_offset;
  uint64_t first_sequence;
  uint32_t max_tries;        // runs of the handler before a message is given up
  uint32_t chunk_slots;      // sequences that a warp takes at once
  uint64_t owner_pid;
};
constexpr uint32_t kHeaderBytes = 136;
static_assert(sizeof(FileHeader) == kHeaderBytes, "the header has no holes");

// --- The control block: one word in each 128 bytes, so that no two share a line --------------
constexpr uint32_t kControlStride = 128;
constexpr uint32_t kHead = 0;       // host: sequences below are published
constexpr uint32_t kPushLimit = 1;  // host: results of sequences below may go to the window
constexpr uint32_t kStop = 2;       // host: 1 asks the kernel to end
constexpr uint32_t kHeartbeat = 3;  // device: counts while a warp waits for the head
constexpr uint32_t kError = 4;      // device: 0, or an error word (below)
constexpr uint32_t kControlWords = 5;

// --- Descriptor word: what the host says of a published slot ----------------------------------
//
//   63                              32 31    24 23   20 19  18 17 16                       0
//   +--------------------------------+--------+-------+------+--+---------------------------+
//   | stamp: low 32 bits of seq + 1  | error  | tries | 0    |V | payload length            |
//   +--------------------------------+--------+-------+------+--+---------------------------+
//
// V (void): the slot was claimed, and its send given up; there is nothing to handle. tries: runs of
// the handler that a device did not survive. error: not 0 for a message that killed devices enough: it
// is not handled again, but fails with this code. Both in the places of the completion word.
constexpr uint32_t kStampShift = 32;
constexpr uint32_t kLengthBits = 17;
constexpr uint32_t kVoidBit = 17;

// --- Completion word: what the device says of a handled slot ----------------------------------
//
//   63                              32 31    24 23   20 19  18   17 16                     0
//   +--------------------------------+--------+-------+---+--------+-----------------------+
//   | stamp: low 32 bits of seq + 1  | error  | tries | P | status | payload length        |
//   +--------------------------------+--------+-------+---+--------+-----------------------+
//
// error: the handler's code where status is FAILED; tries: runs of the handler; P (pushed): payload
// and result lie in the window.
constexpr uint32_t kStatusShift = 17;
constexpr uint32_t kStatusOk = 0;
constexpr uint32_t kStatusFailed = 1;
constexpr uint32_t kStatusVoid = 2;
constexpr uint32_t kPushedBit = 19;
constexpr uint32_t kTriesShift = 20;
constexpr uint32_t kMostTries = 15;
constexpr uint32_t kErrorShift = 24;

// --- Express cells: the quick way for a message that finds the queue nearly empty ----------------
//
//   0                                                        24                          32
//   +--------------------------------------------------------+---------------------------+
//   | 24 bytes of payload, or of result                      | word                      |
//   +--------------------------------------------------------+---------------------------+
//
//   63                                                             13 12                  0
//   +----------------------------------------------------------------+---------------------+
//   | low 51 bits of seq + 1                                         | payload length      |
//   +----------------------------------------------------------------+---------------------+
//
// A cell is one sector, the least that crosses the link, and crosses it whole: whoever sees the word
// of a sequence in a cell has that sequence's bytes beside it, with no second trip and no fence. A
// cell may stay as it is for any number of laps, so 32 bits of the sequence would come round to it;
// 51 do not. A word of 0 is of no message: a cell starts with it, and a message that would have it, the
// empty one of sequence 2^51 - 1, has no express. What comes out this way was handled well, at
// whichever try. An express slot is polled
// where it lies: its payload's cells, then on the way out its result's, which begin at the first
// cell that a payload of slot_bytes would leave free. The block holds kExpressSlots slots in, then
// as many out, of the same size; sequence & (kExpressSlots - 1) is a message's.
constexpr uint32_t kCellBytes = 32;
constexpr uint32_t kCellPayload = 24;
constexpr uint32_t kExpressSlots = 16;
constexpr uint32_t kExpressResultCells = 2;
constexpr uint32_t kExpressPayload = 4096;  // longer ones have no express
constexpr uint32_t kExpressLengthBits = 13;

// --- State word of a slot in VRAM --------------------------------------------------------------
//
//   63                                                                   8 7              0
//   +---------------------------------------------------------------------+----------------+
//   | lap: sequence / capacity                                            | state          |
//   +---------------------------------------------------------------------+----------------+
//
// The lap makes a state word of one message differ from those of every other message in the slot:
// a stale warp can never take a slot's next message.
constexpr uint32_t kLapShift = 8;
constexpr uint32_t kEmpty = 0;
constexpr uint32_t kReady = 1;
constexpr uint32_t kInflight = 2;
constexpr uint32_t kDone = 3;

// --- Error word: error code, then the low 56 bits of the sequence -------------------------------
constexpr uint32_t kErrorCodeShift = 56;
constexpr uint32_t kErrorStamp = 1;  // a published slot did not carry its own stamp
constexpr uint32_t kErrorState = 2;  // a slot was not in the state that its owner left it in

// --- The kernel's parameter and the device's own words: struct Ring and struct Mirror -----------
constexpr uint32_t kRingBytes = 168;
constexpr uint64_t kNever = 0x7fffffffffffffffull;
constexpr uint32_t kMirrorBytes = 896;
constexpr uint32_t kMirrorTickets = 0;  // byte offsets in the mirror
constexpr uint32_t kMirrorHead = 128;

}  // namespace gpumq
