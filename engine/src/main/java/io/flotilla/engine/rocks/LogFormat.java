package io.flotilla.engine.rocks;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage.Tombstone;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys and values of the log database.
///
/// ```
/// e | range id | index     version, kind, term (8), committed (8), payload     one entry
/// g | range id             version, then 8 bytes each: peer, term, vote, committed,
///                          compacted term, compacted index, tombstone   one group; 0 means none;
///                          without a peer, of the tombstone: in the place of term its term, in
///                          that of compacted what the removed one applied
/// n | range id             version, note
/// a                        version, incarnation (8)
/// ```
///
/// The commit index moves with almost every entry. It goes along in the entries that are written
/// anyway, so that the group's record is written only when something else changes: what is known to
/// be committed is the greatest of the record's index and those of the entries that are in the log.
final class LogFormat {
  static final byte LIFE = 'a';
  static final byte ENTRY = 'e';
  static final byte GROUP = 'g';
  static final byte NOTE = 'n';

  static final byte VERSION = 1;

  /// The kind and the range: what the keys of one group's entries have in common.
  static final int PREFIX_BYTES = 9;

  static final int ENTRY_KEY_BYTES = 17;
  static final int ENTRY_HEADER_BYTES = 18;
  static final int GROUP_BYTES = 57;

  private static final List<EntryKind> KINDS = List.of(EntryKind.values());

  private LogFormat() {}

  static byte[] entryKey(long range, long index) {
    return ByteBuffer.allocate(ENTRY_KEY_BYTES).put(ENTRY).putLong(range).putLong(index).array();
  }

  static byte[] groupKey(RangeId range) {
    return key(GROUP, range);
  }

  static byte[] noteKey(RangeId range) {
    return key(NOTE, range);
  }

  private static byte[] key(byte prefix, RangeId range) {
    return ByteBuffer.allocate(PREFIX_BYTES).put(prefix).putLong(range.value()).array();
  }

  static long rangeOf(byte[] key) {
    return ByteBuffer.wrap(key, 1, 8).getLong();
  }

  static long indexOf(byte[] entryKey) {
    return ByteBuffer.wrap(entryKey, 9, 8).getLong();
  }

  /// @param committed what is known to be committed when the entry is written
  static void putEntry(ByteBuffer target, Entry entry, long committed) {
    target.put(VERSION).put((byte) entry.kind().ordinal()).putLong(entry.term());
    target.putLong(committed).put(entry.payload());
  }

  /// What was known to be committed when the entry was written.
  static long committedOf(ByteBuffer header) {
    return header.getLong(10);
  }

  /// The term in an entry's value, or 0 if the value is not one this release can read.
  static long termOf(ByteBuffer header) {
    boolean known =
        header.remaining() >= ENTRY_HEADER_BYTES
            && header.get(0) == VERSION
            && header.get(1) >= 0
            && header.get(1) < KINDS.size();
    return known ? header.getLong(2) : 0;
  }

  static @Nullable Entry entry(long index, byte[] value) {
    long term = termOf(ByteBuffer.wrap(value));
    return term < 1
        ? null
        : new Entry(
            term,
            index,
            KINDS.get(value[1]),
            Arrays.copyOfRange(value, ENTRY_HEADER_BYTES, value.length));
  }

  static byte[] group(LogGroup group) {
    HardState hard = group.hardState();
    Tombstone tombstone = group.tombstone();
    Tombstone alone = group.peer() == null ? tombstone : null;
    EntryId id = alone == null ? group.compacted() : alone.applied();
    return ByteBuffer.allocate(GROUP_BYTES)
        .put(VERSION)
        .putLong(number(group.peer()))
        .putLong(alone == null ? hard.term() : alone.term())
        .putLong(number(hard.vote()))
        .putLong(hard.committed())
        .putLong(id.term())
        .putLong(id.index())
        .putLong(tombstone == null ? 0 : tombstone.peer().value())
        .array();
  }

  /// Null if the value is not one this release can read.
  static @Nullable LogGroup group(byte[] value) {
    if (value.length != GROUP_BYTES || value[0] != VERSION) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(value, 1, GROUP_BYTES - 1);
    PeerId peer = peer(from.getLong());
    HardState hard = new HardState(from.getLong(), peer(from.getLong()), from.getLong());
    EntryId id = new EntryId(from.getLong(), from.getLong());
    PeerId removed = peer(from.getLong());
    if (peer == null && removed != null) {
      Tombstone alone = new Tombstone(removed, id, hard.term());
      return new LogGroup(null, HardState.INITIAL, EntryId.ZERO, alone);
    }
    Tombstone tombstone = removed == null ? null : new Tombstone(removed, EntryId.ZERO, 0);
    return new LogGroup(peer, hard, id, tombstone);
  }

  static byte[] lifeKey() {
    return new byte[] {LIFE};
  }

  static byte[] life(long incarnation) {
    return ByteBuffer.allocate(9).put(VERSION).putLong(incarnation).array();
  }

  /// 0 if the value is not one this release can read.
  static long lifeOf(byte[] value) {
    return value.length == 9 && value[0] == VERSION ? ByteBuffer.wrap(value).getLong(1) : 0;
  }

  static byte[] note(byte[] note) {
    return ByteBuffer.allocate(1 + note.length).put(VERSION).put(note).array();
  }

  private static long number(@Nullable PeerId peer) {
    return peer == null ? 0 : peer.value();
  }

  private static @Nullable PeerId peer(long value) {
    return value == 0 ? null : new PeerId(value);
  }
}
