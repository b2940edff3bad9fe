package io.flotilla.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [SnapshotStorage] does, seen at two stores: one that cuts and one that installs.
public abstract class SnapshotStorageContract {
  private static final RangeDescriptor LEFT = StateStorageContract.range(2, "", "m");
  private static final RangeDescriptor RIGHT = StateStorageContract.range(3, "m", "");

  protected Disk source;
  protected Disk target;

  /// One store's state with its snapshots.
  public record Disk(StateStorage state, SnapshotStorage snapshots) {
    void close() {
      snapshots.close();
      state.close();
    }
  }

  /// A new, empty store.
  protected abstract Disk create(String name);

  /// Ends the store as a power cut would and gives what the next start finds.
  protected abstract Disk crash(Disk disk);

  /// A state key of a user key.
  protected abstract byte[] stateKey(String userKey);

  @BeforeEach
  final void openDisks() {
    source = create("source");
    target = create("target");
    source.state.apply(List.of(update(LEFT, 1), update(RIGHT, 1)));
  }

  @AfterEach
  final void closeDisks() {
    source.close();
    target.close();
  }

  @Test
  void aRangeIsRebuiltElsewhere() {
    fill(source, LEFT, "a", 300);
    fill(source, RIGHT, "x", 10);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    assertEquals(LEFT, manifest.descriptor());
    assertEquals(StateStorageContract.id(301), manifest.applied());

    transfer(manifest);
    target.snapshots.install(manifest, List.of());

    assertFilled("a", 300);
    assertNull(value("x1"));
    assertEquals(List.of(new StoredRange(LEFT, StateStorageContract.id(301))), target.state.load());
    assertEquals(StateStorageContract.id(301), target.state.durableApplied(LEFT.id()));
  }

  @Test
  void aCutIsAnImageOfItsMoment() {
    fill(source, LEFT, "a", 50);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    fill(source, LEFT, "b", 50);
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    assertFilled("a", 50);
    assertNull(value("b1"));
  }

  @Test
  void anInstallIsDurableAtOnce() {
    fill(source, LEFT, "a", 100);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    target = crash(target);
    assertFilled("a", 100);
    assertEquals(1, target.state.load().size());
  }

  @Test
  void anInstallReplacesWhatWasThere() {
    fill(source, LEFT, "a", 20);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    target.state.apply(List.of(update(LEFT, 1), update(RIGHT, 1)));
    fill(target, LEFT, "b", 20);
    fill(target, RIGHT, "x", 20);
    transfer(manifest);

    target.snapshots.install(manifest, List.of(RIGHT));

    assertFilled("a", 20);
    assertNull(value("b1"));
    assertNull(value("x1"));
    target = crash(target);
    assertFilled("a", 20);
    assertNull(value("b1"));
    assertNull(value("x1"));
  }

  @Test
  void anInstallLeavesOtherRangesAlone() {
    fill(source, LEFT, "a", 20);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    target.state.apply(List.of(update(RIGHT, 1)));
    fill(target, RIGHT, "x", 20);
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    assertFilled("x", 20);
    assertFilled("a", 20);
  }

  @Test
  void anInstallMayBeRepeated() {
    fill(source, LEFT, "a", 100);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    target.snapshots.install(manifest, List.of());
    target = crash(target);
    target.snapshots.install(manifest, List.of());
    assertFilled("a", 100);
    target.snapshots.discard(manifest.id());
    assertFilled("a", 100);
  }

  @Test
  void anEmptyRangeHasASnapshotToo() {
    SnapshotManifest manifest = source.snapshots.cut(RIGHT.id());
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    assertEquals(List.of(new StoredRange(RIGHT, StateStorageContract.id(1))), target.state.load());
  }

  @Test
  void stagedChunksSurviveAPowerCut() {
    fill(source, LEFT, "a", 400);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    int chunks = manifest.chunks().size();
    assertTrue(chunks > 3, "too few chunks for this test: " + chunks);
    BitSet missing = target.snapshots.stage(manifest);
    assertEquals(chunks, missing.cardinality());
    target.snapshots.writeChunk(manifest.id(), 0, source.snapshots.readChunk(manifest.id(), 0));
    target.snapshots.writeChunk(manifest.id(), 2, source.snapshots.readChunk(manifest.id(), 2));

    target = crash(target);

    assertEquals(List.of(manifest), target.snapshots.staged());
    BitSet stillMissing = target.snapshots.stage(manifest);
    missing.clear(0);
    missing.clear(2);
    assertEquals(missing, stillMissing);
    assertThrows(StorageException.class, () -> target.snapshots.install(manifest, List.of()));
    transfer(manifest);
    target.snapshots.install(manifest, List.of());
    assertFilled("a", 400);
  }

  @Test
  void aDamagedChunkIsRefused() {
    fill(source, LEFT, "a", 20);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    target.snapshots.stage(manifest);
    byte[] flipped = source.snapshots.readChunk(manifest.id(), 0).clone();
    flipped[flipped.length / 2] ^= 1;
    byte[] shorter = Arrays.copyOf(flipped, flipped.length - 1);
    for (byte[] bad : List.of(flipped, shorter)) {
      assertThrows(
          StorageException.class, () -> target.snapshots.writeChunk(manifest.id(), 0, bad));
    }
    assertTrue(target.snapshots.stage(manifest).get(0));
  }

  @Test
  void discardAndReleaseForget() {
    fill(source, LEFT, "a", 20);
    SnapshotManifest manifest = source.snapshots.cut(LEFT.id());
    transfer(manifest);
    target.snapshots.discard(manifest.id());
    target.snapshots.discard(manifest.id());
    assertEquals(List.of(), target.snapshots.staged());
    assertEquals(manifest.chunks().size(), target.snapshots.stage(manifest).cardinality());
    source.snapshots.release(manifest.id());
    source.snapshots.release(manifest.id());
    assertThrows(StorageException.class, () -> source.snapshots.readChunk(manifest.id(), 0));
  }

  @Test
  void aRangeWithoutStateCannotBeCut() {
    assertThrows(StorageException.class, () -> target.snapshots.cut(LEFT.id()));
  }

  /// Moves what is missing.
  protected final void transfer(SnapshotManifest manifest) {
    BitSet missing = target.snapshots.stage(manifest);
    for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
      target.snapshots.writeChunk(manifest.id(), i, source.snapshots.readChunk(manifest.id(), i));
    }
    assertTrue(target.snapshots.stage(manifest).isEmpty());
  }

  /// Writes keys `prefix1` to `prefixN` one by one, the last at index N + 1.
  protected final void fill(Disk disk, RangeDescriptor range, String prefix, int keys) {
    for (int i = 1; i <= keys; i++) {
      StateWrite write = new StateWrite(stateKey(prefix + i), content(prefix + i));
      disk.state.apply(List.of(update(range, i + 1, write)));
    }
  }

  protected final void assertFilled(String prefix, int keys) {
    for (int i = 1; i <= keys; i++) {
      byte[] value = value(prefix + i);
      assertNotNull(value, prefix + i);
      assertEquals(new String(content(prefix + i), UTF_8), new String(value, UTF_8));
    }
  }

  /// Values are of 10 kB, so that some hundreds of them need several chunks.
  private static byte[] content(String key) {
    StringBuilder text = new StringBuilder();
    long mixed = key.hashCode();
    while (text.length() < 10_000) {
      mixed = mixed * 6364136223846793005L + 1442695040888963407L;
      text.append(mixed);
    }
    return text.toString().getBytes(UTF_8);
  }

  private byte @Nullable [] value(String userKey) {
    return target.state.get(stateKey(userKey));
  }

  private static RangeUpdate update(RangeDescriptor range, long index, StateWrite... writes) {
    return StateStorageContract.update(range, index, writes);
  }
}
