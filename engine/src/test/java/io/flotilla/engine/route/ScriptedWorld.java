package io.flotilla.engine.route;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.engine.route.StoreChannel.Delivery;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A world around a router in which nothing happens unless the test says so.
final class ScriptedWorld implements StoreChannel, RangeLookup, SnapshotSource, HoldSource {
  static final long MILLI = 1_000_000;

  final ManualLoop loop = new ManualLoop();
  final Deque<Sent> sent = new ArrayDeque<>();
  final Deque<LookedUp> lookups = new ArrayDeque<>();
  final Deque<Consumer<Drawn>> draws = new ArrayDeque<>();
  final Deque<Wanted> holds = new ArrayDeque<>();
  final List<String> log = new ArrayList<>();
  final Router router =
      new Router(
          new Router.Ports(this, this, this, this, loop, loop, new RandomSource(5)),
          RouteOptions.DEFAULT);

  record Sent(StoreId store, KvRequest request, Consumer<Delivery> onDelivery) {
    void reply(KvReply reply) {
      onDelivery.accept(new Delivery.Replied(reply));
    }

    void refuse(Refusal refusal) {
      reply(new KvReply.Refused(refusal));
    }
  }

  record Wanted(Timestamp at, Consumer<HoldSource.Answer> onAnswer) {}

  record LookedUp(Key key, Consumer<Found> onFound) {
    void answer(RangeDescriptor descriptor, @Nullable StoreId leader) {
      onFound.accept(new Found.Known(new Route(descriptor, leader)));
    }
  }

  @Override
  public void send(
      StoreId store, KvRequest request, long timeoutNanos, Consumer<Delivery> onDelivery) {
    log.add("to " + store + " range " + request.target().range());
    sent.add(new Sent(store, request, onDelivery));
  }

  @Override
  public void find(Key key, long timeoutNanos, Consumer<Found> onFound) {
    log.add("lookup");
    lookups.add(new LookedUp(key, onFound));
  }

  @Override
  public void draw(long timeoutNanos, Consumer<Drawn> onDrawn) {
    draws.add(onDrawn);
  }

  @Override
  public void hold(
      Timestamp at, long ttlNanos, long timeoutNanos, Consumer<HoldSource.Answer> onAnswer) {
    holds.add(new Wanted(at, onAnswer));
  }

  void drawn(long timestamp) {
    draws.remove().accept(new Drawn.At(new Timestamp(timestamp)));
  }

  static RangeDescriptor range(long id, String start, String end, long generation) {
    return FakeRange.descriptor(id, start, end, generation);
  }

  static StoreId store(long id) {
    return new StoreId(id);
  }
}
