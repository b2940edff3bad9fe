package io.flotilla.replica.snapshot;

import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.util.BitSet;

/// The sending side of one transfer: offers, until the other side says what it wants; then sends
/// what is wanted as far as it was granted credit.
///
/// Messages get lost. Whatever is missing shows as silence, and is found out by offering again, to
/// which the other side answers with what it still lacks. So a broken connection or a restart of
/// the receiver costs no chunk that had arrived.
public final class OutgoingSnapshot {
  private static final int OFFER_AGAIN_TICKS = 10;
  private static final int GIVE_UP_TICKS = 300;

  private final SnapshotManifest manifest;
  private BitSet wanted = new BitSet();
  private long creditBytes;
  private int silentTicks;

  /// What a tick asks for.
  public enum Step {
    NOTHING,
    OFFER_AGAIN,
    GIVE_UP
  }

  public OutgoingSnapshot(SnapshotManifest manifest) {
    this.manifest = manifest;
  }

  public SnapshotManifest manifest() {
    return manifest;
  }

  public Step onTick() {
    silentTicks++;
    if (silentTicks >= GIVE_UP_TICKS) {
      return Step.GIVE_UP;
    }
    return silentTicks % OFFER_AGAIN_TICKS == 0 ? Step.OFFER_AGAIN : Step.NOTHING;
  }

  /// The receiver lacks `missing`; whatever was under way before is void.
  public void onWant(BitSet missing, long granted) {
    silentTicks = 0;
    wanted = missing.get(0, manifest.chunks().size());
    creditBytes = granted;
  }

  public void onCredit(long bytes) {
    silentTicks = 0;
    creditBytes += bytes;
  }

  /// The next chunk that may be sent, -1 if none may.
  public int nextChunk() {
    return creditBytes > 0 ? wanted.nextSetBit(0) : -1;
  }

  public void onSent(int chunk) {
    wanted.clear(chunk);
    creditBytes -= manifest.chunks().get(chunk).bytes();
  }
}
