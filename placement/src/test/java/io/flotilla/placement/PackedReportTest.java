package io.flotilla.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PackedReportTest {
  @Test
  void whatIsPackedComesBack() {
    RandomSource random = new RandomSource(5);
    for (int i = 0; i < 2_000; i++) {
      RangeReport report = report(random);
      byte[] packed = PackedReport.pack(report);
      assertEquals(report, PackedReport.unpack(packed, report.descriptor(), report.size()));
    }
  }

  private static RangeReport report(RandomSource random) {
    int replicas = 1 + random.nextInt(5);
    List<ReplicaDescriptor> places = new ArrayList<>();
    List<PeerProgress> followers = new ArrayList<>();
    for (int i = 1; i <= replicas; i++) {
      PeerId peer = new PeerId(i + 100L * random.nextInt(1_000_000));
      places.add(new ReplicaDescriptor(peer, StoreId.of(i), ReplicaKind.VOTER));
      if (i > 1) {
        followers.add(new PeerProgress(peer, number(random), random.oneIn(2)));
      }
    }
    RangeDescriptor descriptor =
        new RangeDescriptor(
            new RangeId(2), new KeySpan(Key.EMPTY, Key.EMPTY), 1 + number(random), places);
    RangeSize size = new RangeSize(number(random), number(random));
    PeerId leader = places.getFirst().peer();
    return new RangeReport(descriptor, 1 + number(random), leader, number(random), size, followers);
  }

  /// Small and large ones.
  private static long number(RandomSource random) {
    return random.nextLong() >>> (1 + random.nextInt(63)) >>> 1;
  }
}
