package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds the placement group's leader and asks it. Thread-safe.
///
/// Every placement request may be repeated, so a lost reply, a deposed leader and a dead store all
/// lead to the same: ask the next one, until the deadline.
final class PlacementClient {
  private static final long BACKOFF_NANOS_MIN = 5_000_000;
  private static final long BACKOFF_NANOS_MAX = 200_000_000;

  /// Two replicas that take each other for the leader must not keep a caller running.
  private static final int REDIRECTS_MAX = 3;

  private static final long ATTEMPT_NANOS_MAX = 2_000_000_000;

  /// What came of a call; called once, on any loop.
  sealed interface Outcome {
    record Replied(PlacementReply reply) implements Outcome {}

    /// No leader answered in time; `reason` is the last thing that was in the way.
    record Failed(String reason) implements Outcome {}
  }

  /// The placement replica of this process, if there may be one.
  interface Local {
    StoreId store();

    /// Answers on the range's loop; a store without a replica refuses.
    void ask(PlacementRequest request, Consumer<PlacementAnswer> onAnswer);
  }

  /// Carries a request to an address.
  interface Remote {
    void request(
        String address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler);
  }

  private final AddressBook book;
  private final List<String> seeds;
  private final @Nullable Local local;
  private final Remote remote;
  private final EventLoop timers;
  private final Clock clock;
  private volatile @Nullable StoreId leader;

  /// @param seeds addresses to try beside those in `book`
  /// @param timers where retries wait
  PlacementClient(
      AddressBook book,
      List<String> seeds,
      @Nullable Local local,
      Remote remote,
      EventLoop timers,
      Clock clock) {
    this.book = book;
    this.seeds = List.copyOf(seeds);
    this.local = local;
    this.remote = remote;
    this.timers = timers;
    this.clock = clock;
  }

  /// The store that led the placement group when it was last heard of; null: not known.
  @Nullable StoreId leader() {
    return leader;
  }

  /// Tells a store that an operator waits for its next report. Best effort.
  void askToReport(String address) {
    remote.request(
        address,
        Services.REPORT_NOW,
        new byte[0],
        clock.nanos() + ATTEMPT_NANOS_MAX,
        new ResponseHandler() {
          @Override
          public void onResponse(ByteBuffer body) {}

          @Override
          public void onFailure(RequestFailure failure) {}
        });
  }

  /// How a store stands with the others; empty: it did not say. `onLook` runs on any loop.
  void look(String address, Consumer<Optional<StoreLook>> onLook) {
    remote.request(
        address,
        Services.LOOK,
        new byte[0],
        clock.nanos() + ATTEMPT_NANOS_MAX,
        new ResponseHandler() {
          @Override
          public void onResponse(ByteBuffer body) {
            Optional<StoreLook> look;
            try {
              look = Optional.of(StoreLook.decode(body));
            } catch (CodecException newer) {
              look = Optional.empty();
            }
            onLook.accept(look);
          }

          @Override
          public void onFailure(RequestFailure failure) {
            onLook.accept(Optional.empty());
          }
        });
  }

  /// Asks until `deadlineNanos` on the monotonic clock.
  void call(PlacementRequest request, long deadlineNanos, Consumer<Outcome> onOutcome) {
    new Attempt(request, deadlineNanos, onOutcome).next();
  }

  /// One call on its way. Its steps follow one another, each on whatever loop the one before ended.
  private final class Attempt implements ResponseHandler {
    private final PlacementRequest request;
    private final long deadlineNanos;
    private final Consumer<Outcome> onOutcome;
    private final Set<String> silentAddresses = new TreeSet<>();
    private byte @Nullable [] encoded;
    private String asked = "";
    private String lastReason = "no address is known";
    private long backoffNanos = BACKOFF_NANOS_MIN;
    private int turn;
    private int redirects;

    Attempt(PlacementRequest request, long deadlineNanos, Consumer<Outcome> onOutcome) {
      this.request = request;
      this.deadlineNanos = deadlineNanos;
      this.onOutcome = onOutcome;
    }

    void next() {
      if (clock.nanos() - deadlineNanos >= 0) {
        onOutcome.accept(
            new Outcome.Failed(
                "the placement driver was not reached ("
                    + lastReason
                    + "); are most of the nodes running?"));
        return;
      }
      StoreId hint = leader;
      if (hint != null && local != null && hint.equals(local.store())) {
        local.ask(request, this::onAnswer);
      } else if (hint != null && book.addressOf(hint) instanceof String address) {
        ask(address);
      } else {
        askAround();
      }
    }

    /// Nobody is known to lead: the local replica first, then everybody in turn.
    private void askAround() {
      List<String> addresses = new ArrayList<>(book.all().values());
      seeds.stream().filter(seed -> !addresses.contains(seed)).forEach(addresses::add);
      int choices = addresses.size() + (local == null ? 0 : 1);
      if (choices == 0) {
        later();
        return;
      }
      int choice = turn++ % choices;
      if (local != null && choice == 0) {
        local.ask(request, this::onAnswer);
      } else {
        ask(addresses.get(local == null ? choice : choice - 1));
      }
    }

    private void ask(String address) {
      asked = address;
      byte[] body = encoded;
      if (body == null) {
        body = PlacementCodec.encode(request);
        encoded = body;
      }
      long until = clock.nanos() + ATTEMPT_NANOS_MAX;
      remote.request(
          address,
          Services.PLACEMENT,
          body,
          until - deadlineNanos < 0 ? until : deadlineNanos,
          this);
    }

    @Override
    public void onResponse(ByteBuffer body) {
      PlacementAnswer answer;
      try {
        answer = PlacementAnswer.decode(body);
      } catch (CodecException garbled) {
        failed(garbled.getMessage() == null ? "garbled answer" : garbled.getMessage());
        return;
      }
      onAnswer(answer);
    }

    @Override
    public void onFailure(RequestFailure failure) {
      silentAddresses.add(asked);
      failed(failure.reason());
    }

    private void onAnswer(PlacementAnswer answer) {
      switch (answer) {
        case PlacementAnswer.Replied(var reply) -> {
          learnAddresses(reply);
          end(new Outcome.Replied(reply));
        }
        case PlacementAnswer.Refused(Refusal.NotLeader(_, var hint), var known) -> {
          learnAddresses(known);
          redirect(hint);
        }
        case PlacementAnswer.Refused(var refusal, var known) -> {
          learnAddresses(known);
          lastReason = refusal.toString();
          forgetLeaderUnlessBusy(refusal);
          later();
        }
      }
    }

    /// Whatever was asked: who asks may need to know the others by the time that this one is gone.
    private void learnAddresses(PlacementReply reply) {
      switch (reply) {
        case PlacementReply.Ranges ranges -> book.learn(PlacementLookup.byStore(ranges.stores()));
        case PlacementReply.RangeUnknown unknown ->
            book.learn(PlacementLookup.byStore(unknown.ask()));
        case PlacementReply.Stores stores -> book.learn(PlacementLookup.byId(stores.stores()));
        default -> {}
      }
    }

    /// What a store that does not lead knows may be old: it fills gaps, and takes the place of
    /// addresses where nobody answered just now. For a client, which heard it from nobody else, it
    /// is the best there is.
    private void learnAddresses(Map<StoreId, String> known) {
      Map<StoreId, String> news = new TreeMap<>(known);
      if (local != null) {
        book.all()
            .forEach((store, address) -> {
              if (!silentAddresses.contains(address)) {
                news.remove(store);
              }
            });
      }
      if (!news.isEmpty()) {
        book.learn(news);
      }
    }

    private void redirect(@Nullable StoreId hint) {
      boolean news = hint != null && !hint.equals(leader) && ++redirects <= REDIRECTS_MAX;
      leader = hint;
      if (news) {
        lastReason = "store " + hint + " is said to lead the placement group";
        soon(0);
      } else {
        leader = null;
        failed("the placement group has no leader at the moment");
      }
    }

    private void forgetLeaderUnlessBusy(Refusal refusal) {
      if (!(refusal instanceof Refusal.Busy)) {
        leader = null;
      }
    }

    private void failed(String reason) {
      lastReason = reason;
      leader = null;
      later();
    }

    /// Whoever asked may have shut down meanwhile, and hears of nothing any more.
    private void end(Outcome outcome) {
      try {
        onOutcome.accept(outcome);
      } catch (RejectedByLoopException closed) {
        lastReason = "whoever asked has shut down";
      }
    }

    private void later() {
      long pause = backoffNanos;
      backoffNanos = Math.min(2 * backoffNanos, BACKOFF_NANOS_MAX);
      redirects = 0;
      soon(pause);
    }

    private void soon(long pauseNanos) {
      try {
        timers.schedule(pauseNanos, this::next);
      } catch (RejectedByLoopException closed) {
        end(new Outcome.Failed("the engine is closed; before that: " + lastReason));
      }
    }
  }
}
