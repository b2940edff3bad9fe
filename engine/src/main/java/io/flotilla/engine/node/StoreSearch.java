package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeRecord;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Asks the stores themselves which range has a key: whoever has a replica knows. For as long as
/// the placement driver does not, which has to be told of everything after each of its elections.
/// Thread-safe.
///
/// What one store says may be old, for a store that was away keeps a replica until the driver says
/// what became of it. So the word of the range's leader counts, or what most of its voters say;
/// else, when nobody else is left to be asked, the newest.
final class StoreSearch {
  /// So many are asked at a time: few of a large fleet have the range, and each of a small one.
  private static final int WIDTH = 4;

  /// A store that is gone does not hold up the others for longer.
  private static final long ANSWER_NANOS_MAX = 100_000_000;

  /// So many searches at a time. One that asked in vain counts for a while longer, so that those
  /// who look for what is lost do not keep the fleet busy.
  private static final int SEARCHES_MAX = 16;

  private static final long VAIN_NANOS = 200_000_000;

  private final AddressBook book;
  private final List<String> seeds;
  private final PlacementClient.Remote remote;
  private final EventLoop timers;
  private final Clock clock;
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();

  /// What comes of a search; at most one of the two is called, once, on any thread.
  interface Listener {
    void onFound(RangeRecord range);

    /// Nobody who answered has it, or too many search already.
    void onNobody();
  }

  /// @param seeds addresses to ask beside those in `book`
  StoreSearch(
      AddressBook book,
      List<String> seeds,
      PlacementClient.Remote remote,
      EventLoop timers,
      Clock clock) {
    this.book = book;
    this.seeds = List.copyOf(seeds);
    this.remote = remote;
    this.timers = timers;
    this.clock = clock;
  }

  /// Asks until it is found, all were asked, or `deadlineNanos` on the monotonic clock. Whoever
  /// cancels it hears nothing.
  EventLoop.Cancellable find(Key key, long deadlineNanos, Listener listener) {
    if (underWay.incrementAndGet() > SEARCHES_MAX) {
      underWay.decrementAndGet();
      listener.onNobody();
      return () -> {};
    }
    List<String> addresses = new ArrayList<>(book.all().values());
    if (!addresses.isEmpty()) {
      // Each search begins where the one before ended.
      Collections.rotate(addresses, -(turn.get() % addresses.size()));
    }
    Search search = new Search(key, deadlineNanos, listener);
    addresses.forEach(search::add);
    seeds.forEach(search::add);
    search.goOn();
    return search::cancel;
  }

  /// What a store has heard of others may be older than what is known here.
  private void learnMissing(Map<StoreId, String> addresses) {
    addresses.keySet().removeAll(book.all().keySet());
    if (!addresses.isEmpty()) {
      book.learn(addresses);
    }
  }

  /// One search. Answers come on any thread.
  private final class Search {
    private final Key key;
    private final byte[] body;
    private final long deadlineNanos;
    private final Listener listener;
    private final Set<String> known = new HashSet<>();
    private final Deque<String> waiting = new ArrayDeque<>();
    private final Map<StoreId, RangeDescriptor> said = new TreeMap<>();
    private @Nullable RangeRecord best;
    private int owing;
    private int asked;
    private boolean asking;
    private boolean over;

    Search(Key key, long deadlineNanos, Listener listener) {
      this.key = key;
      this.body = PlacementCodec.encode(new PlacementRequest.LookupRange(key));
      this.deadlineNanos = deadlineNanos;
      this.listener = listener;
    }

    synchronized void add(String address) {
      if (known.add(address)) {
        waiting.add(address);
      }
    }

    void cancel() {
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
      }
      release();
    }

    /// Asks as many more as may be asked at a time. Whoever is refused at once comes back here
    /// while others are being asked, and leaves it to them.
    void goOn() {
      for (String next = next(false); next != null; next = next(true)) {
        long now = clock.nanos();
        long until = Math.min(ANSWER_NANOS_MAX, Math.max(1, deadlineNanos - now));
        remote.request(next, Services.LOCATE, body, now + until, new Asked());
      }
      endIfAllAnswered();
    }

    private synchronized @Nullable String next(boolean isAsking) {
      if (asking && !isAsking) {
        return null;
      }
      boolean mayAsk = !over && owing < WIDTH && deadlineNanos - clock.nanos() > 0;
      String next = mayAsk ? waiting.poll() : null;
      asking = next != null;
      if (asking) {
        owing++;
        asked++;
      }
      return next;
    }

    private void endIfAllAnswered() {
      synchronized (this) {
        if (over || asking || owing > 0) {
          return;
        }
        over = true;
      }
      end();
    }

    private void end() {
      release();
      RangeRecord found = best();
      if (found != null) {
        listener.onFound(found);
      } else {
        listener.onNobody();
      }
    }

    private synchronized @Nullable RangeRecord best() {
      return best;
    }

    private void release() {
      boolean isInVain;
      synchronized (this) {
        turn.addAndGet(asked);
        isInVain = best == null && asked > 0;
      }
      if (!isInVain) {
        underWay.decrementAndGet();
        return;
      }
      try {
        timers.schedule(VAIN_NANOS, underWay::decrementAndGet);
      } catch (EventLoop.RejectedByLoopException closed) {
        underWay.decrementAndGet();
      }
    }

    private void onAnswer(@Nullable Ranges ranges) {
      boolean isSure;
      synchronized (this) {
        owing--;
        isSure = ranges != null && !over && isSure(ranges);
        over |= isSure;
      }
      if (isSure) {
        end();
      } else {
        goOn();
      }
    }

    /// Takes an answer in; true if nothing better can come.
    private boolean isSure(Ranges answer) {
      StoreId store = answer.stores().getFirst().store();
      RangeRecord range = answer.ranges().getFirst();
      RangeDescriptor descriptor = range.descriptor();
      said.put(store, descriptor);
      boolean leads = store.equals(range.leader());
      RangeRecord before = best;
      if (before == null
          || before.descriptor().generation() < descriptor.generation()
          || before.descriptor().equals(descriptor) && (leads || before.leader() == null)) {
        best = range;
        before = range;
      }
      long agreeing = said.values().stream().filter(descriptor::equals).count();
      boolean isMost = agreeing > descriptor.replicas().size() / 2;
      return (leads || isMost) && before.descriptor().equals(descriptor);
    }

    /// The answer, if it has the range that is meant. Who else may have it is asked next.
    private @Nullable Ranges checked(Ranges answer) {
      if (answer.ranges().isEmpty() || answer.stores().isEmpty()) {
        return null;
      }
      RangeDescriptor descriptor = answer.ranges().getFirst().descriptor();
      if (!descriptor.span().contains(key)) {
        return null;
      }
      try {
        learnMissing(PlacementLookup.byStore(answer.stores()));
      } catch (IllegalArgumentException malformed) {
        return null; // whoever names such addresses knows nothing else either
      }
      for (ReplicaDescriptor replica : descriptor.replicas()) {
        String address = book.addressOf(replica.store());
        if (address != null) {
          askNext(address);
        }
      }
      return answer;
    }

    private synchronized void askNext(String address) {
      if (known.add(address) || waiting.remove(address)) {
        waiting.addFirst(address);
      }
    }

    private final class Asked implements ResponseHandler {
      @Override
      public void onResponse(ByteBuffer bytes) {
        Ranges answer;
        try {
          answer = PlacementCodec.decodeReply(bytes) instanceof Ranges some ? checked(some) : null;
        } catch (CodecException garbled) {
          answer = null; // as good as none
        }
        onAnswer(answer);
      }

      @Override
      public void onFailure(RequestFailure failure) {
        onAnswer(null);
      }
    }
  }
}
