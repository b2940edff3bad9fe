package io.flotilla.replica.snapshot;

import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.util.BitSet;

/// The receiving side of one transfer: what is missing, and how much the sender may send ahead.
public final class IncomingSnapshot {
  private final SnapshotManifest manifest;
  private final BitSet missing;
  private final long windowBytes;
  private long owedBytes;
  private int silentTicks;

  /// @param windowBytes granted at the start; what arrives is granted again
  public IncomingSnapshot(SnapshotManifest manifest, BitSet missing, long windowBytes) {
    this.manifest = manifest;
    this.missing = missing;
    this.windowBytes = windowBytes;
  }

  public SnapshotManifest manifest() {
    return manifest;
  }

  public BitSet missing() {
    return (BitSet) missing.clone();
  }

  public long windowBytes() {
    return windowBytes;
  }

  public boolean isComplete() {
    return missing.isEmpty();
  }

  /// True if the chunk is one that is needed; not so for one that came twice or does not exist.
  public boolean needs(int chunk) {
    return chunk >= 0 && missing.get(chunk);
  }

  /// The chunk is stored.
  public void onStored(int chunk) {
    missing.clear(chunk);
    silentTicks = 0;
    owedBytes += manifest.chunks().get(chunk).bytes();
  }

  /// The offer came again: everything that was under way is void.
  public void onOfferedAgain() {
    silentTicks = 0;
    owedBytes = 0;
  }

  /// Bytes that it is time to grant, 0: wait for more.
  public long creditDue() {
    return owedBytes * 2 >= windowBytes && !missing.isEmpty() ? owedBytes : 0;
  }

  public void onGranted(long bytes) {
    owedBytes -= bytes;
  }

  /// Ticks since anything came of it.
  public int onTick() {
    return ++silentTicks;
  }
}
