// The layout of a ring's shared memory, of the entries that it carries, and of the words in both: the
// one place that says so. The Java twin is io.gpumq.kernels.LinkLayout; a test compares the two constant
// by constant.
//
// The shared-memory file of a ring, page by page (a page is 4,096 bytes):
//
//   0        4096            8192
//   +--------+---------------+-------------+---------+-------------+--------+---------+
//   | header | control block | descriptors | ingress | completions | window | express |
//   +--------+---------------+-------------+---------+-------------+--------+---------+
//
// control block  128 B a word     host and device, each its own words
// descriptors    16 B a slot      host
// ingress        chunks           host: entries, one behind the other
// completions    8 B a slot       device
// window         chunks           device: entries, where they lay in the ingress memory
// express        cells, in, out   host the ones in, device the ones out
//
// Sizes and places of the later blocks stand in the header. Every shared word has one writer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gpumq::link {

// --- The file --------------------------------------------------------------------------------
constexpr uint64_t kMagic = 0x32514d5550470a1aull;  // "\x1a\nGPUMQ2", little endian
constexpr uint32_t kVersion = 2;
constexpr uint32_t kPageBytes = 4096;
constexpr uint32_t kHeaderOffset = 0;
constexpr uint32_t kControlOffset = 4096;

// The header, written once before anybody else looks, magic last.
struct FileHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t slots;
  uint64_t file_bytes;
  uint32_t chunk_bytes;   // of the ingress memory, and of the window
  uint32_t chunks;
  uint32_t ticket_slots;  // sequences that a warp takes at once
  uint32_t max_tries;     // runs of the handler before a message is given up
  uint32_t result_bytes;
  uint32_t express_bytes;  // an express slot
  uint64_t descriptors_offset;
  uint64_t ingress_offset;
  uint64_t completions_offset;
  uint64_t window_offset;
  uint64_t express_offset;
  uint64_t states_place;  // where the slots' states lie in the arena, in units
  uint64_t owner_pid;
};
constexpr uint32_t kHeaderBytes = 104;
static_assert(sizeof(FileHeader) == kHeaderBytes, "the header has no holes");

// --- The control block: one word in each 128 bytes, so that no two share a line --------------
constexpr uint32_t kControlStride = 128;
constexpr uint32_t kHead = 0;       // host: sequences below are published
constexpr uint32_t kStop = 1;       // host: 1 asks the kernel to end
constexpr uint32_t kHeartbeat = 2;  // device: counts while a warp waits for the head
constexpr uint32_t kError = 3;      // device: 0, or an error word (below)
constexpr uint32_t kControlWords = 4;

// --- Units and places --------------------------------------------------------------------------
// Whatever lies in ingress memory, window and arena begins and ends at a multiple of 16 bytes, a unit. A
// place is an offset in the arena, in units.
constexpr uint32_t kUnit = 16;
constexpr uint32_t kPlaceBits = 34;

// --- Descriptor: what the host says of a published slot, in two words ----------------------------
//
//   63                              32 31 30 29   26  25  24                              0
//   +--------------------------------+-----+-------+----+---------------------------------+
//   | stamp: low 32 bits of seq + 1  | op  | tries | P  | length                          |  what
//   +--------------------------------+-----+-------+----+---------------------------------+
//   63                           30 29             13 12    11  10  9     5 4             0
//   +------------------------------+-----------------+--------+----+-------+--------------+
//   | place                        | unit            | extens.| C  | check | 0            |  where
//   +------------------------------+-----------------+--------+----+-------+--------------+
//
// op CARRY: an entry with a payload of `length` bytes goes from `unit` of the ingress memory to `place`,
// and, where P (push) is set, to the same unit of the window; its handler runs. READ: `length` bytes go
// from `place` to the window, where `unit` counts four of them, and P is set. MOVE: header and extensions go
// from `unit` of the ingress memory to `place`, and behind them `length` bytes from a place in the arena, their source,
// which may be where they are to lie: then they stay; the handler runs. KEEP: as MOVE, and behind the payload go more units from behind the extensions in the
// ingress memory; no handler runs. Of both the unit before `unit` says the source, in its first word, and in
// its second how many units those are, 0 for MOVE. P is not set.
// tries: runs of the handler that a device did not survive. C (condemned): the message killed devices
// enough; it is not handled again, but fails. extensions: units between header and payload. check: the low
// five bits of place + unit + sequence, so that a stale word is found out beside a fresh one.
constexpr uint32_t kDescriptorBytes = 16;
constexpr uint32_t kStampShift = 32;
constexpr uint32_t kOpShift = 30;
constexpr uint32_t kOpCarry = 0;
constexpr uint32_t kOpMove = 1;
constexpr uint32_t kOpRead = 2;
constexpr uint32_t kOpKeep = 3;
constexpr uint32_t kTriesShift = 26;
constexpr uint32_t kMostTries = 15;
constexpr uint32_t kPushBit = 25;
constexpr uint32_t kLengthBits = 25;
constexpr uint32_t kMostLength = 16777216;
constexpr uint32_t kPlaceShift = 30;
constexpr uint32_t kUnitShift = 13;
constexpr uint32_t kUnitBits = 17;
constexpr uint32_t kReadUnits = 4;  // a read's `unit` counts so many
constexpr uint32_t kExtensionsShift = 11;
constexpr uint32_t kCondemnedBit = 10;
constexpr uint32_t kCheckShift = 5;
constexpr uint32_t kCheckMask = 31;

// --- Entry: the same in ingress memory, arena and window ------------------------------------------
//
//   +--------+------------+---------------------+---------------------+
//   | header | extensions | payload, padded     | result, padded      |
//   +--------+------------+---------------------+---------------------+
//     1 unit   0 to 3       to whole units        room for the handler's
//
// The header's first word:
//
//   63   62   61                   41 40    33 32   29 28    27 26    25 24              0
//   +----+----+---------------------+--------+-------+--------+--------+-----------------+
//   | I  | K  | result's length     | error  | tries | status | extens.| payload length  |
//   +----+----+---------------------+--------+-------+--------+--------+-----------------+
//
// K (keyed): the first extension is the message's key and, where handlers run in the order of keys, what it
// comes after: 0, or one more than a sequence of its ring. I: the next is the full id. One
// more than these tell of is a dead letter's: what it says is between the hosts that write and read it, with
// texts in the place of the result. The host writes the word as it nearly always stays: status OK, one try, a whole result. The
// device writes it again only where that turned out otherwise.
// The second word is the id: milliseconds since 1970 in its upper 44 bits, and a count in the others; all
// ones where the full id is in an extension.
constexpr uint32_t kEntryHeaderBytes = 16;
constexpr uint32_t kEntryExtensionsShift = 25;
constexpr uint32_t kEntryStatusShift = 27;
constexpr uint32_t kEntryTriesShift = 29;
constexpr uint32_t kEntryErrorShift = 33;
constexpr uint32_t kEntryResultShift = 41;
constexpr uint32_t kEntryResultBits = 21;
constexpr uint32_t kEntryKeyedBit = 62;
constexpr uint32_t kEntryFullIdBit = 63;
constexpr uint32_t kIdCountBits = 20;

// A header whose status is MARK is no entry: its second word is the sequence of the next entry. Where some
// entries of a segment have gone, the cleaner writes one before those that follow.
constexpr uint32_t kStatusMark = 2;

// --- Segment: a block of the arena that entries of one lane lie in -------------------------------------
//
//   +--------+-------+-------+------+-------+-----+
//   | header | entry | entry | mark | entry | ... |
//   +--------+-------+-------+------+-------+-----+
//     4 units
//
//   0    magic 4 | version 2 | flags 2            flags: 1 sealed, 2 for one entry, 4 cleaned
//   8    queue 4 | live 4                         queue: from 1 on, as its track opened them
//   16   epoch                                    when its track was opened, milliseconds since 1970
//   24   sequence of the first entry              a lane's number stands in bits 56 to 59
//   32   one more than the sequence of the last
//   40   base id 4 | last id 4                    of those that live, less the sequence of the first entry
//   48   entries 4 | units used 4                 the header's included
//   56   block's kilobytes 2 | 0 2 | CRC-32C of the 60 bytes before 4
//
// The host has it written once nothing is added any more, and all entries have landed. Their sequences count
// up from the first, and from each mark's. Queue and epoch together tell its queue from all others,
// those of other openings, too. What lives is what lived when the header was written, and may have gone since: so many entries,
// the first and the last of them. An id is an entry's sequence in its lane. Where none lived both are 0.
constexpr uint32_t kSegmentHeaderBytes = 64;
constexpr uint32_t kSegmentMagic = 0x4753514d;  // "MQSG", little endian
constexpr uint32_t kSegmentVersion = 2;
constexpr uint32_t kSegmentSealed = 1;
constexpr uint32_t kSegmentOwn = 2;
constexpr uint32_t kSegmentCleaned = 4;
constexpr uint32_t kSegmentVersionOffset = 4;
constexpr uint32_t kSegmentFlagsOffset = 6;
constexpr uint32_t kSegmentQueueOffset = 8;
constexpr uint32_t kSegmentLiveOffset = 12;
constexpr uint32_t kSegmentEpochOffset = 16;
constexpr uint32_t kSegmentFirstOffset = 24;
constexpr uint32_t kSegmentEndOffset = 32;
constexpr uint32_t kSegmentBaseOffset = 40;
constexpr uint32_t kSegmentLastOffset = 44;
constexpr uint32_t kSegmentEntriesOffset = 48;
constexpr uint32_t kSegmentUnitsOffset = 52;
constexpr uint32_t kSegmentKilobytesOffset = 56;
constexpr uint32_t kSegmentChecksumOffset = 60;

// --- Completion word: what the device says of a handled slot ----------------------------------
//
//   63                              32 31    24 23   20 19  18   17 16                     0
//   +--------------------------------+--------+-------+---+--------+-----------------------+
//   | stamp: low 32 bits of seq + 1  | error  | tries | P | status | 0                     |
//   +--------------------------------+--------+-------+---+--------+-----------------------+
//
// error: the handler's code where status is FAILED; tries: runs of the handler; P (pushed): the entry lies
// in the window.
constexpr uint32_t kCompletionErrorShift = 24;
constexpr uint32_t kCompletionTriesShift = 20;
constexpr uint32_t kPushedBit = 19;
constexpr uint32_t kStatusShift = 17;
constexpr uint32_t kStatusOk = 0;
constexpr uint32_t kStatusFailed = 1;
constexpr uint32_t kErrorFault = 255;  // the code of a message that is condemned

// --- Express cells: the quick way for a message, or a read, that finds the ring nearly empty ----------
//
//   0                                                        24                          32
//   +--------------------------------------------------------+---------------------------+
//   | 24 bytes of text, or of result                         | word                      |
//   +--------------------------------------------------------+---------------------------+
//
//   63                                                             13 12                  0
//   +----------------------------------------------------------------+---------------------+
//   | low 51 bits of seq + 1                                         | bytes of the text   |
//   +----------------------------------------------------------------+---------------------+
//
// A cell is one sector, the least that crosses the link, and crosses it whole: whoever sees the word
// of a sequence in a cell has that sequence's bytes beside it, with no second trip and no fence. A
// cell may stay as it is for any number of laps, so 32 bits of the sequence would come round to it;
// 51 do not. A word of 0 is of no message: a cell starts with it.
//
// The text of a message is the descriptor's second word, whose low bits say the op, then its entry: header,
// extensions, payload. It comes out as it went in, and behind it, from the next cell on, the result. It
// comes out only if it was handled well at the first try. The text of a read is the second word and, in
// another, how many bytes are wanted; what comes out is the second word, then those bytes.
//
// The block holds kExpressSlots slots in, then as many out, of the same size; sequence & (kExpressSlots -
// 1) is a message's.
constexpr uint32_t kCellBytes = 32;
constexpr uint32_t kCellPayload = 24;
constexpr uint32_t kExpressSlots = 16;
constexpr uint32_t kExpressPayload = 4096;  // longer ones have no express
constexpr uint32_t kExpressTextBits = 13;

// --- State word of a slot, in the arena ----------------------------------------------------------
//
//   63                                                                   8 7              0
//   +---------------------------------------------------------------------+----------------+
//   | lap: sequence / slots                                               | state          |
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
constexpr uint32_t kErrorStamp = 1;  // a published slot did not carry its own stamp or check
constexpr uint32_t kErrorState = 2;  // a slot was not in the state that its owner left it in
constexpr uint32_t kErrorPlace = 3;  // a descriptor names memory that is not the ring's

// --- The kernel's parameter and the device's own words: struct Ring and struct Mirror -----------
constexpr uint32_t kRingBytes = 168;
constexpr uint64_t kNever = 0x7fffffffffffffffull;
constexpr uint32_t kMirrorBytes = 768;
constexpr uint32_t kMirrorTickets = 0;  // byte offsets in the mirror
constexpr uint32_t kMirrorHead = 128;

}  // namespace gpumq::link
