package io.flotilla.engine.route;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.engine.mvcc.KvCall;
import io.flotilla.engine.mvcc.KvEnvironment;
import io.flotilla.engine.mvcc.KvMachines;
import io.flotilla.engine.mvcc.KvOptions;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequestCodec;
import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.engine.mvcc.ManualTimestamps;
import io.flotilla.engine.mvcc.ReadPool;
import io.flotilla.engine.mvcc.TimestampBatcher;
import io.flotilla.engine.mvcc.WriteRoom;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.Refusal;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.RangeUpdate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Real machines behind a real router over one state, on one thread; requests and replies go
/// through their codecs. Ranges split and leaders move when the test says so, in the middle of
/// whatever is under way.
final class TinyFleet implements StoreChannel, RangeLookup, SnapshotSource {
  private final RandomSource random;
  private final ManualLoop loop = new ManualLoop();
  private final SimStateStorage state;
  private final ManualTimestamps oracle =
      new ManualTimestamps(Timestamp.atMillis(1_000_000).value());
  private final KvMachines machines;
  private final List<Served> ranges = new ArrayList<>();
  private final List<Runnable> mail = new ArrayList<>();
  private long nextRange = 100;
  int refused;

  final Router router;

  private static final class Served {
    final FakeRange access;
    final RangeMachine machine;
    StoreId leader;

    Served(FakeRange access, RangeMachine machine, StoreId leader) {
      this.access = access;
      this.machine = machine;
      this.leader = leader;
    }

    RangeDescriptor descriptor() {
      return access.descriptor();
    }
  }

  TinyFleet(long seed) {
    random = new RandomSource(seed);
    state = new SimStateStorage(SimLayout.PLAIN, random.fork("state"));
    machines =
        new KvMachines(
            new KvEnvironment(
                loop,
                state,
                new ReadPool(loop, List.of(loop), 1000),
                new TimestampBatcher(loop, oracle, 1000),
                WriteRoom.ENDLESS,
                KvOptions.DEFAULT));
    router =
        new Router(
            new Router.Ports(
                this, this, this, TinyFleet::refuseHold, loop, loop, random.fork("router")),
            RouteOptions.DEFAULT);
    serve(FakeRange.descriptor(2, "", "", 1), new StoreId(1));
  }

  private static void refuseHold(
      Timestamp at, long ttlNanos, long timeoutNanos, Consumer<HoldSource.Answer> onAnswer) {
    onAnswer.accept(new HoldSource.Answer.Failed("nobody holds anything here"));
  }

  private void serve(RangeDescriptor descriptor, StoreId leader) {
    EntryId applied = new EntryId(1, 10);
    state.apply(List.of(new RangeUpdate(descriptor.id(), applied, descriptor, List.of(), false)));
    FakeRange access = new FakeRange(loop, state, descriptor);
    Served served = new Served(access, machines.create(descriptor.id(), access), leader);
    served.machine.onLeadership(1);
    ranges.add(served);
    ranges.forEach(each ->
        each.access.others =
            ranges.stream().filter(other -> other != each).map(Served::descriptor).toList());
  }

  boolean split(Key at) {
    for (Served served : List.copyOf(ranges)) {
      KeySpan span = served.descriptor().span();
      if (span.canSplitAt(at)) {
        long generation = served.descriptor().generation() + 1;
        served.access.applyAll();
        served.access.become(served.descriptor().withSpan(new KeySpan(span.start(), at)));
        served.machine.onDescriptor(served.descriptor());
        RangeDescriptor right =
            new RangeDescriptor(
                new RangeId(nextRange++),
                new KeySpan(at, span.end()),
                generation,
                served.descriptor().replicas());
        serve(right, served.leader);
        return true;
      }
    }
    return false;
  }

  void moveALeader() {
    Served served = ranges.get(random.nextInt(ranges.size()));
    served.leader = new StoreId(1 + random.nextInt(3));
  }

  List<RangeDescriptor> descriptors() {
    return ranges.stream().map(Served::descriptor).toList();
  }

  @Override
  public void send(
      StoreId store, KvRequest request, long timeoutNanos, Consumer<Delivery> onDelivery) {
    byte[] sent = KvRequestCodec.encode(request);
    mail.add(() -> {
      KvRequest arrived = KvRequestCodec.decode(ByteBuffer.wrap(sent));
      KvCall call =
          new KvCall(
              arrived,
              reply -> {
                byte[] back = KvReplyCodec.encode(reply);
                mail.add(() ->
                    onDelivery.accept(
                        new Delivery.Replied(KvReplyCodec.decode(ByteBuffer.wrap(back)))));
              });
      deliver(store, call);
    });
  }

  private void deliver(StoreId store, KvCall call) {
    RangeId wanted = call.request().target().range();
    for (Served served : ranges) {
      if (served.descriptor().id().equals(wanted)) {
        if (served.leader.equals(store)) {
          served.machine.serve(call);
        } else {
          refused++;
          StoreId hint = random.oneIn(2) ? null : served.leader;
          call.refuse(new Refusal.NotLeader(served.descriptor(), hint));
        }
        return;
      }
    }
    call.refuse(new Refusal.NoReplica(wanted));
  }

  @Override
  public void find(Key key, long timeoutNanos, Consumer<Found> onFound) {
    mail.add(() -> {
      for (Served served : ranges) {
        if (served.descriptor().span().contains(key)) {
          onFound.accept(new Found.Known(new Route(served.descriptor(), null)));
        }
      }
    });
  }

  @Override
  public void draw(long timeoutNanos, Consumer<Drawn> onDrawn) {
    mail.add(() -> onDrawn.accept(new Drawn.At(new Timestamp(oracle.drawNow()))));
  }

  /// Lets one thing or other happen until the condition holds.
  void until(Supplier<Boolean> condition, Runnable now) {
    for (int i = 0; i < 100_000 && !condition.get(); i++) {
      now.run();
      if (!mail.isEmpty()) {
        mail.remove(random.nextInt(mail.size())).run();
      }
      loop.run();
      if (oracle.pending() > 0 && random.oneIn(2)) {
        oracle.answer();
      }
      Served served = ranges.get(random.nextInt(ranges.size()));
      if (served.access.proposals() > 0) {
        served.access.applyNext();
      }
      if (mail.isEmpty()) {
        loop.advance(1_000_000);
      }
    }
    if (!condition.get()) {
      throw new AssertionError("it does not come to an end");
    }
  }
}
