package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a [RestWriter] wrote, in the same order.
public final class RestReader {
  private final byte[] bytes;
  private int position;

  public RestReader(byte[] bytes) {
    this.bytes = bytes;
  }

  public long number() {
    long rest = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[position++];
      rest |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (rest >>> 1) ^ -(rest & 1);
      }
    }
  }

  public int count() {
    return Math.toIntExact(number());
  }

  public boolean flag() {
    return bytes[position++] != 0;
  }

  public @Nullable PeerId peerOrNull() {
    long value = number();
    return value == 0 ? null : new PeerId(value);
  }

  public List<PeerId> peers() {
    int size = count();
    List<PeerId> peers = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      peers.add(new PeerId(number()));
    }
    return peers;
  }

  public EntryId entry() {
    return new EntryId(number(), number());
  }

  /// All that was written has been read.
  public void finish() {
    Invariant.check(position == bytes.length, "what rested is read to its end", position);
  }
}
