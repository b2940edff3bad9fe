package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.route.DeadlineWatch;
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
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds the placement group's leader and asks it. Thread-safe.
///
/// Every placement request may be repeated, so a lost reply, a deposed leader and a dead store all
/// lead to the same: ask the next one, until the deadline. A leader that does not answer soon may
/// be paused, which its connection takes most of a second to tell: meanwhile the others are asked
/// who leads, and whoever answers first has answered.
final class PlacementClient {
  private static final long BACKOFF_NANOS_MIN = 5_000_000;
  private static final long BACKOFF_NANOS_MAX = 200_000_000;

  /// Two replicas that take each other for the leader must not keep a caller running.
  private static final int REDIRECTS_MAX = 3;

  private static final long ATTEMPT_NANOS_MAX = 2_000_000_000;

  /// After so long without an answer others are asked as well.
  private static final long PATIENCE_NANOS = 100_000_000;

  /// While the one that owes an answer is said to lead, others are asked so often.
  private static final long LOOK_NANOS = 50_000_000;

  private static final long SWEEP_MILLIS = 20;

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
  private final DeadlineWatch impatience;
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
    this.impatience = new DeadlineWatch(timers, clock, SWEEP_MILLIS);
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

  /// Asks until `deadlineNanos` on the monotonic clock. Whoever cancels it hears of no outcome, or
  /// of one that was on its way.
  EventLoop.Cancellable call(
      PlacementRequest request, long deadlineNanos, Consumer<Outcome> onOutcome) {
    Attempt attempt = new Attempt(request, deadlineNanos, onOutcome);
    impatience.watch(attempt);
    attempt.next();
    return attempt::cancel;
  }

  /// One call on its way. Its steps follow one another, each on whatever loop the one before ended,
  /// but for replies: the first one ends the call, also that of a store which was given up.
  private final class Attempt implements DeadlineWatch.Watched {
    /// The state is even between two steps, odd while somebody is asked, and counts up.
    private static final int DONE = -1;

    private final PlacementRequest request;
    private final long deadlineNanos;
    private final Consumer<Outcome> onOutcome;
    private final AtomicInteger state = new AtomicInteger();
    private final Set<String> silentAddresses = new ConcurrentSkipListSet<>();

    /// Who was asked and has not answered yet. Nobody is asked twice at a time.
    private final Set<String> owing = new ConcurrentSkipListSet<>();

    private byte @Nullable [] encoded;
    private volatile String lastReason = "no address is known";
    private volatile long impatientAt;
    private long backoffNanos = BACKOFF_NANOS_MIN;
    private int turn;
    private int redirects;

    Attempt(PlacementRequest request, long deadlineNanos, Consumer<Outcome> onOutcome) {
      this.request = request;
      this.deadlineNanos = deadlineNanos;
      this.onOutcome = onOutcome;
      this.impatientAt = deadlineNanos;
    }

    void next() {
      if (isDone()) {
        return;
      }
      if (clock.nanos() - deadlineNanos >= 0) {
        end(
            new Outcome.Failed(
                "the placement driver was not reached ("
                    + lastReason
                    + "); are most of the nodes running?"));
        return;
      }
      StoreId hint = leader;
      if (hint != null && local != null && hint.equals(local.store())) {
        askHere(local, hint);
      } else if (hint != null
          && book.addressOf(hint) instanceof String address
          && !owing.contains(address)) {
        ask(address, hint);
      } else {
        askAround();
      }
    }

    /// Nobody is known to lead, or who does has not answered: the local replica first, then
    /// everybody in turn.
    private void askAround() {
      List<String> addresses = new ArrayList<>(book.all().values());
      seeds.stream().filter(seed -> !addresses.contains(seed)).forEach(addresses::add);
      addresses.removeAll(owing);
      int choices = addresses.size() + (local == null ? 0 : 1);
      if (choices == 0) {
        later();
        return;
      }
      int choice = turn++ % choices;
      if (local != null && choice == 0) {
        askHere(local, null);
      } else {
        ask(addresses.get(local == null ? choice : choice - 1), null);
      }
    }

    private void askHere(Local here, @Nullable StoreId asLeader) {
      int number = leave();
      if (number != DONE) {
        impatientAt = deadlineNanos;
        here.ask(request, answer -> onAnswer(number, asLeader, answer));
      }
    }

    private void ask(String address, @Nullable StoreId asLeader) {
      int number = leave();
      if (number == DONE) {
        return;
      }
      byte[] body = encoded;
      if (body == null) {
        body = PlacementCodec.encode(request);
        encoded = body;
      }
      owing.add(address);
      long now = clock.nanos();
      impatientAt = earlier(now + PATIENCE_NANOS);
      remote.request(
          address,
          Services.PLACEMENT,
          body,
          earlier(now + ATTEMPT_NANOS_MAX),
          new Asked(number, address, asLeader));
    }

    private long earlier(long until) {
      return until - deadlineNanos < 0 ? until : deadlineNanos;
    }

    /// Somebody is about to be asked; returns the number of the step, or that all is over.
    private int leave() {
      int home = state.get();
      return home != DONE && state.compareAndSet(home, home + 1) ? home + 1 : DONE;
    }

    /// The step is over and the call goes on; false: it has gone on without it.
    private boolean comeHome(int number) {
      return state.compareAndSet(number, number + 1);
    }

    /// A request to another process.
    private final class Asked implements ResponseHandler {
      private final int number;
      private final String address;
      private final @Nullable StoreId asLeader;

      Asked(int number, String address, @Nullable StoreId asLeader) {
        this.number = number;
        this.address = address;
        this.asLeader = asLeader;
      }

      @Override
      public void onResponse(ByteBuffer body) {
        owing.remove(address);
        PlacementAnswer answer;
        try {
          answer = PlacementAnswer.decode(body);
        } catch (CodecException garbled) {
          failed(garbled.getMessage() == null ? "garbled answer" : garbled.getMessage());
          return;
        }
        onAnswer(number, asLeader, answer);
      }

      @Override
      public void onFailure(RequestFailure failure) {
        owing.remove(address);
        silentAddresses.add(address);
        failed(failure.reason());
      }

      private void failed(String reason) {
        forgetLeader(asLeader);
        if (comeHome(number)) {
          lastReason = reason;
          later();
        }
      }
    }

    /// @param asLeader whom was asked, if he was taken for the leader
    private void onAnswer(int number, @Nullable StoreId asLeader, PlacementAnswer answer) {
      switch (answer) {
        case PlacementAnswer.Replied(var reply) -> {
          learnAddresses(reply);
          end(new Outcome.Replied(reply));
        }
        case PlacementAnswer.Refused(var refusal, var known) when comeHome(number) -> {
          learnAddresses(known);
          onRefused(asLeader, refusal);
        }
        case PlacementAnswer.Refused _ -> {}
      }
    }

    private void onRefused(@Nullable StoreId asLeader, Refusal refusal) {
      switch (refusal) {
        case Refusal.NotLeader(_, var hint) -> redirect(hint);
        case Refusal.Busy _ -> refused(refusal);
        default -> {
          forgetLeader(asLeader);
          refused(refusal);
        }
      }
    }

    private void refused(Refusal refusal) {
      lastReason = refusal.toString();
      later();
    }

    /// Another one may have been found meanwhile.
    private void forgetLeader(@Nullable StoreId asLeader) {
      if (asLeader != null && asLeader.equals(leader)) {
        leader = null;
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
      if (hint != null && book.addressOf(hint) instanceof String at && owing.contains(at)) {
        lastReason = "store " + hint + ", which is said to lead, has not answered so far";
        again(Math.min(backoffNanos, LOOK_NANOS));
        return;
      }
      boolean news = hint != null && !hint.equals(leader) && ++redirects <= REDIRECTS_MAX;
      leader = hint;
      if (news) {
        lastReason = "store " + hint + " is said to lead the placement group";
        soon(0);
      } else {
        leader = null;
        lastReason = "the placement group has no leader at the moment";
        later();
      }
    }

    void cancel() {
      state.set(DONE);
    }

    /// Whoever asked may have shut down meanwhile, and hears of nothing any more.
    private void end(Outcome outcome) {
      if (state.getAndSet(DONE) == DONE) {
        return;
      }
      try {
        onOutcome.accept(outcome);
      } catch (RejectedByLoopException closed) {
        lastReason = "whoever asked has shut down";
      }
    }

    // Impatience --------------------------------------------------------------------------------

    @Override
    public long deadlineNanos() {
      return impatientAt;
    }

    @Override
    public boolean isDone() {
      return state.get() == DONE;
    }

    /// It may be slow, paused or gone: who leads now is known elsewhere first.
    @Override
    public void onDeadline(long now) {
      int number = state.get();
      if (number != DONE && (number & 1) == 1 && comeHome(number)) {
        impatientAt = deadlineNanos;
        lastReason = "no answer so far";
        turn = 0;
        next();
      }
    }

    @Override
    public void onClosed() {
      end(new Outcome.Failed("the engine is closed; before that: " + lastReason));
    }

    // Going on ----------------------------------------------------------------------------------

    private void later() {
      again(backoffNanos);
    }

    private void again(long pauseNanos) {
      backoffNanos = Math.min(2 * backoffNanos, BACKOFF_NANOS_MAX);
      redirects = 0;
      soon(pauseNanos);
    }

    private void soon(long pauseNanos) {
      try {
        timers.schedule(pauseNanos, this::next);
      } catch (RejectedByLoopException closed) {
        onClosed();
      }
    }
  }
}
