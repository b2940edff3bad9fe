package io.flotilla.engine.node;

import static io.flotilla.engine.node.FakeGauges.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.store.DiskLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DiskOptionsTest {
  private static final long VOLUME = 100L << 30;

  @Test
  void whatIsNotGivenFitsTheVolume() {
    assertEquals(DiskLimits.of(VOLUME, 32 * MIB), limits(Map.of()));
  }

  @Test
  void whatIsGivenCounts() {
    assertEquals(
        new DiskLimits(400, 100, 7),
        limits(Map.of("disk-low-bytes", "400", "disk-ballast-bytes", "7")));
    assertEquals(
        new DiskLimits(400, 50, 0),
        limits(
            Map.of("disk-low-bytes", "400", "disk-full-bytes", "50", "disk-ballast-bytes", "0")));
    // The lower limit alone takes the upper one along.
    DiskLimits high = limits(Map.of("disk-full-bytes", Long.toString(5000 * MIB)));
    assertEquals(5000 * MIB, high.fullBytes());
    assertEquals(5000 * MIB, high.lowBytes());
  }

  @Test
  void aContradictionIsNamed() {
    NodeStartException refused =
        assertThrows(
            NodeStartException.class,
            () -> limits(Map.of("disk-low-bytes", "10", "disk-full-bytes", "11")));
    assertTrue(refused.getMessage().contains("disk-full-bytes"), refused.getMessage());
    assertThrows(NodeStartException.class, () -> limits(Map.of("disk-low-bytes", "much")));
  }

  private static DiskLimits limits(Map<String, String> options) {
    return NodeOptions.parse(options).disk().limits(VOLUME, 32 * MIB);
  }
}
