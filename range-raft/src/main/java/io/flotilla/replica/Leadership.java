package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.lease.LeaseClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a replica has only while it leads, in one term.
final class Leadership {
  /*
   * Requests reach the machine only when the term's first entry is applied: before that, this
   * replica may not know of everything that was acknowledged (paper, section 8).
   *
   * While a split is in the log and not yet applied, the range is *fenced*: requests wait,
   * proposals are refused, the lease holds for nobody. A write proposed then would stand behind
   * the split in the left half's log and touch the right half's keys; and a read of those keys
   * could miss what another store, which has applied the split and leads the right half, has
   * acknowledged already.
   */
  private final long term;
  private final long firstIndex;
  private final LeaseClock lease;
  private final WriteStage stage = new WriteStage();
  private final Set<PeerId> accepted = new TreeSet<>();
  private final ArrayDeque<RangeRequest> deferred = new ArrayDeque<>(1);
  private boolean serving;
  private boolean fenced;
  private boolean refusing;
  private boolean used;
  private boolean changeInLog;
  private @Nullable Consumer<AdminOutcome> onChanged;
  private @Nullable Transfer transfer;

  /// A hand-over under way.
  record Transfer(StoreId to, Consumer<AdminOutcome> onDone) {}

  Leadership(long term, long firstIndex, LeaseClock lease) {
    this.term = term;
    this.firstIndex = firstIndex;
    this.lease = lease;
  }

  /// As it was when the replica rested.
  ///
  /// @param lease ended, as at the beginning of every rest
  Leadership(RestReader in, LeaseClock lease) {
    this.term = in.number();
    this.firstIndex = in.number();
    this.lease = lease;
    this.serving = in.flag();
    this.used = in.flag();
    accepted.addAll(in.peers());
  }

  boolean mayRest() {
    return isIdle() && !fenced && !refusing;
  }

  void rest(RestWriter out) {
    out.number(term);
    out.number(firstIndex);
    out.flag(serving);
    out.flag(used);
    out.peers(List.copyOf(accepted));
  }

  long term() {
    return term;
  }

  /// The index of the term's first entry.
  long firstIndex() {
    return firstIndex;
  }

  LeaseClock lease() {
    return lease;
  }

  WriteStage stage() {
    return stage;
  }

  /// The peer has some of the log. Before that a crash of its store may leave nothing of it.
  void onAccepted(PeerId peer) {
    accepted.add(peer);
  }

  boolean hasAccepted(PeerId peer) {
    return accepted.contains(peer);
  }

  /// True if somebody has written here, or read what only a quorum could confirm.
  boolean isUsed() {
    return used;
  }

  void use() {
    used = true;
  }

  /// True if the machine gets requests.
  boolean isOpen() {
    return serving && !fenced;
  }

  boolean isServing() {
    return serving;
  }

  void startServing() {
    serving = true;
  }

  boolean isFenced() {
    return fenced;
  }

  void fence() {
    fenced = true;
  }

  void unfence() {
    fenced = false;
  }

  /// True if a proposal of this turn was refused by the core. Later ones of the same turn may have
  /// been evaluated on top of it, so they are refused as well.
  boolean isRefusing() {
    return refusing;
  }

  void setRefusing(boolean refusing) {
    this.refusing = refusing;
  }

  boolean isChangeInLog() {
    return changeInLog;
  }

  void setChangeInLog(boolean changeInLog) {
    this.changeInLog = changeInLog;
  }

  /// True if nothing is under way.
  boolean isIdle() {
    return stage.isEmpty()
        && deferred.isEmpty()
        && !changeInLog
        && onChanged == null
        && transfer == null;
  }

  /// True if somebody waits for the end of a membership change.
  boolean isChanging() {
    return changeInLog || onChanged != null;
  }

  void beginChange(Consumer<AdminOutcome> onDone) {
    onChanged = onDone;
  }

  /// Answers whoever waits for the end of the membership change.
  void endChange(AdminOutcome outcome) {
    Consumer<AdminOutcome> waiting = onChanged;
    onChanged = null;
    if (waiting != null) {
      waiting.accept(outcome);
    }
  }

  @Nullable Transfer transfer() {
    return transfer;
  }

  void beginTransfer(Transfer begun) {
    transfer = begun;
  }

  void endTransfer(AdminOutcome outcome) {
    Transfer ended = transfer;
    transfer = null;
    if (ended != null) {
      ended.onDone().accept(outcome);
    }
  }

  /// False if no more requests can wait.
  boolean defer(RangeRequest request, int max) {
    if (deferred.size() >= max) {
      return false;
    }
    return deferred.add(request);
  }

  /// How many requests wait.
  int deferred() {
    return deferred.size();
  }

  /// The request that waits longest; null: none does.
  @Nullable RangeRequest takeDeferred() {
    return deferred.poll();
  }

  /// Leadership is lost: nothing staged was proposed, nothing deferred was served.
  void end(Refusal refusal) {
    List<RangeRequest> waiting = new ArrayList<>(deferred);
    deferred.clear();
    WriteStage.Batch staged = stage.take();
    List<Runnable> all =
        List.of(
            () -> staged.refuse(refusal),
            () -> Answers.toAll(waiting, request -> request.refuse(refusal)),
            () -> endChange(new AdminOutcome.Unknown("leadership was lost during the change")));
    Answers.toAll(all, Runnable::run);
  }

  static void refuse(Consumer<ProposalOutcome> onOutcome, Refusal refusal) {
    onOutcome.accept(new ProposalOutcome.Refused(refusal));
  }
}
