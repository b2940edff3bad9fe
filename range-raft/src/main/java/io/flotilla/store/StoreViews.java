package io.flotilla.store;

import io.flotilla.keyspace.StoreId;
import java.util.Map;
import java.util.TreeMap;

/// One loop's view of which stores vouch for which. The truth is with the store's liveness on the
/// first loop; a view is never ahead of it, and what it lacks is to the safe side: support that was
/// given stands here until it is known to be withdrawn, and support that is held counts only once
/// it is known.
final class StoreViews {
  private static final class View {
    private long given;
    private long withdrawn;
    private long held;
    private long lastHeld;
    private long heldUntil;
    private long heldAsked;
    private boolean up;
  }

  private final Map<StoreId, View> views = new TreeMap<>();
  private boolean paused;
  private long pausedAt;

  private View of(StoreId store) {
    return views.computeIfAbsent(store, _ -> new View());
  }

  void given(StoreId asker, long epoch) {
    of(asker).given = epoch;
  }

  void withdrawn(StoreId asker, long upToEpoch) {
    View view = of(asker);
    view.withdrawn = Math.max(view.withdrawn, upToEpoch);
    if (view.given <= upToEpoch) {
      view.given = 0;
    }
  }

  /// Up to this epoch support of the asker has ended for good; 0: it never has.
  long withdrawnOf(StoreId asker) {
    return of(asker).withdrawn;
  }

  /// True if the store did not support this one before, or at another epoch.
  boolean held(StoreId supporter, long epoch, long untilNanos, long askedNanos) {
    View view = of(supporter);
    boolean isNew = view.held != epoch;
    view.held = epoch;
    view.lastHeld = epoch;
    view.heldUntil = untilNanos;
    view.heldAsked = askedNanos;
    return isNew;
  }

  /// At which epoch the store supported this one last, be that over or not; 0: it never has.
  long lastHeld(StoreId supporter) {
    return of(supporter).lastHeld;
  }

  void lost(StoreId supporter) {
    of(supporter).held = 0;
  }

  void up(StoreId store, boolean isUp) {
    of(store).up = isUp;
  }

  /// What was asked before proves nothing: the clock may have stood still.
  void onPause(long nanos) {
    paused = true;
    pausedAt = nanos;
  }

  boolean isUp(StoreId store) {
    View view = views.get(store);
    return view != null && view.up;
  }

  /// True if it was heard of late, and this store vouches for it.
  boolean mayLead(StoreId store) {
    View view = views.get(store);
    return view != null && view.up && view.given > 0;
  }

  boolean supports(StoreId asker, long epoch) {
    View view = views.get(asker);
    return view != null && epoch > 0 && view.given == epoch;
  }

  long heldEpoch(StoreId supporter) {
    View view = views.get(supporter);
    return view == null || isVoid(view) ? 0 : view.held;
  }

  long heldNanos(StoreId supporter, long epoch, long nanos) {
    View view = views.get(supporter);
    return view != null && epoch > 0 && view.held == epoch ? nanosLeft(view, nanos) : 0;
  }

  private long nanosLeft(View view, long nanos) {
    return isVoid(view) ? 0 : Math.max(0, view.heldUntil - nanos);
  }

  private boolean isVoid(View view) {
    return view.held == 0 || paused && view.heldAsked - pausedAt <= 0;
  }
}
