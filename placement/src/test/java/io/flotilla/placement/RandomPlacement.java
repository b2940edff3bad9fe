package io.flotilla.placement;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Random requests and replies: each field takes any value that its type allows, small ones often.
final class RandomPlacement {
  static final int REQUESTS = 15;
  static final int REPLIES = 14;

  private final RandomSource random;

  RandomPlacement(RandomSource random) {
    this.random = random;
  }

  PlacementRequest request(int kind) {
    return switch (kind) {
      case 0 ->
          new PlacementRequest.RegisterStore(
              text(), text(), text(), list(this::label), text(), text(), maybe(this::store));
      case 1 ->
          new PlacementRequest.StoreReport(store(), text(), stats(), number(), number(), news());
      case 2 ->
          new PlacementRequest.AllocateIds(
              flag() ? PlacementRequest.IdKind.PEER : PlacementRequest.IdKind.RANGE,
              1 + random.nextInt(PlacementRequest.IDS_MAX));
      case 3 -> new PlacementRequest.DrawTimestamps(1 + random.nextInt(PlacementRequest.DRAW_MAX));
      case 4 -> new PlacementRequest.LookupRange(key());
      case 5 -> new PlacementRequest.LookupById(range());
      case 6 ->
          new PlacementRequest.ListRanges(
              span(), 1 + random.nextInt(PlacementRequest.PAGE_MAX), flag());
      case 7 -> new PlacementRequest.ListStores();
      case 8 -> new PlacementRequest.FleetStatus();
      case 9 -> new PlacementRequest.SetPolicy(policy());
      case 10 -> new PlacementRequest.ReplicaFate(range(), peer(), number());
      case 11 -> new PlacementRequest.SplitRequested(range(), maybe(this::key));
      case 12 -> new PlacementRequest.TransferLeader(range(), store());
      case 14 -> new PlacementRequest.RemoveStore(store());
      case 13 -> new PlacementRequest.SnapshotHold(text(), timestamp(), 1 + number() / 2);
      default -> throw new IllegalArgumentException("no request " + kind);
    };
  }

  PlacementReply reply(int kind) {
    return switch (kind) {
      case 0 ->
          new PlacementReply.Registered(
              store(), policy(), timestamp(), number(), list(this::address));
      case 1 ->
          new PlacementReply.Reported(
              number(),
              flag(),
              maybe(this::range),
              timestamp(),
              policy(),
              number(),
              list(this::address),
              list(this::store),
              list(this::instruction));
      case 2 -> new PlacementReply.Ids(number(), random.nextInt(1000));
      case 3 -> new PlacementReply.Timestamps(timestamp(), random.nextInt(1000), timestamp());
      case 4 ->
          new PlacementReply.Ranges(
              list(this::record), list(this::span), flag(), list(this::address));
      case 5 -> new PlacementReply.RangeUnknown(flag(), list(this::address));
      case 6 ->
          new PlacementReply.Stores(
              list(() ->
                  new StoreStatus(
                      info(),
                      flag(),
                      constant(Standing.values()),
                      number(),
                      stats(),
                      number(),
                      number())));
      case 7 ->
          new PlacementReply.Fleet(
              text(),
              random.nextInt(10),
              random.nextInt(10),
              number(),
              number(),
              number(),
              number(),
              random.nextInt(100),
              policy(),
              maybe(this::store),
              timestamp(),
              random.nextInt(5),
              flag());
      case 8 -> new PlacementReply.PolicySet(policy());
      case 9 ->
          new PlacementReply.Fate(
              constant(PlacementReply.Membership.values()), maybe(this::descriptor));
      case 10 -> new PlacementReply.Planned(instruction(), store(), text());
      case 11 -> new PlacementReply.Held(timestamp());
      case 13 -> new PlacementReply.Removing(number());
      case 12 -> new PlacementReply.Rejected(constant(PlacementReply.Reason.values()), text());
      default -> throw new IllegalArgumentException("no reply " + kind);
    };
  }

  private RangeNews news() {
    RangeId from = range();
    RangeId end = new RangeId(from.value() + 1 + number() / 4);
    return new RangeNews(
        maybe(() -> new RangeNews.Stretch(from, maybe(() -> end))),
        list(this::report),
        list(this::range),
        list(() -> new FailedStep(instruction(), text())));
  }

  private Instruction instruction() {
    return new Instruction(range(), number(), step(random.nextInt(6)));
  }

  private Step step(int kind) {
    return switch (kind) {
      case 0 -> new Step.AddLearner(store(), peer());
      case 1 -> new Step.WaitForCatchUp(peer());
      case 2 -> new Step.ChangeReplicas(descriptor().replicas());
      case 3 -> new Step.RemoveLearner(peer());
      case 4 -> new Step.Split(span(), range(), descriptor().replicas(), maybe(this::key));
      case 5 -> new Step.TransferLeader(store(), peer());
      default -> throw new IllegalArgumentException("no step " + kind);
    };
  }

  RangeDescriptor descriptor() {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 1; i <= count; i++) {
      replicas.add(
          new ReplicaDescriptor(
              new PeerId(i * 1000L + random.nextInt(1000)),
              new StoreId(i),
              constant(ReplicaKind.values())));
    }
    return new RangeDescriptor(range(), span(), 1 + random.nextInt(1 << 20), replicas);
  }

  private RangeReport report() {
    return new RangeReport(
        descriptor(),
        1 + number() / 2,
        peer(),
        number(),
        new RangeSize(number(), number()),
        list(() -> new PeerProgress(peer(), number(), flag())));
  }

  private RangeRecord record() {
    return new RangeRecord(
        descriptor(),
        maybe(this::store),
        number(),
        number(),
        number(),
        maybe(this::text),
        maybe(() -> new RangeProblem(text(), text())));
  }

  private StoreInfo info() {
    return new StoreInfo(store(), text(), text(), list(this::label), text(), text());
  }

  private StoreStats stats() {
    DiskStage[] stages = DiskStage.values();
    return new StoreStats(
        number(), number(), random.nextInt(5000), stages[random.nextInt(stages.length)]);
  }

  private Policy policy() {
    return new Policy(1 + 2 * random.nextInt(4), 1 + number() / 2, 1_000 + number() / 2);
  }

  private StoreAddress address() {
    return new StoreAddress(store(), text());
  }

  private Label label() {
    return new Label(text(), text());
  }

  private KeySpan span() {
    Key a = key();
    Key b = key();
    int order = a.compareTo(b);
    if (order == 0) {
      return new KeySpan(a, Key.EMPTY);
    }
    return order < 0 ? new KeySpan(a, b) : new KeySpan(b, a);
  }

  private Key key() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return Key.of(bytes);
  }

  private RangeId range() {
    return new RangeId(1 + number() / 4);
  }

  private PeerId peer() {
    return new PeerId(1 + number() / 2);
  }

  private StoreId store() {
    return new StoreId(1 + random.nextInt(1000));
  }

  private Timestamp timestamp() {
    return new Timestamp(number());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(400)));
    }
    return text.toString();
  }

  private long number() {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }

  private boolean flag() {
    return random.nextInt(2) == 0;
  }

  private <T> T constant(T[] constants) {
    return constants[random.nextInt(constants.length)];
  }

  private <T> @Nullable T maybe(Supplier<T> value) {
    return flag() ? value.get() : null;
  }

  private <T> List<T> list(Supplier<T> value) {
    List<T> values = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      values.add(value.get());
    }
    return values;
  }
}
