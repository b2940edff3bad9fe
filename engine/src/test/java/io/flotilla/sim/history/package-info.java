/// Histories of what clients did to keys, and whether a single copy of the data could have done it.
///
/// Knows nothing of Flotilla but the shape of its calls, so that simulations, real processes and
/// users' tests can use it alike. Words: a *call* is one operation of one client on one key, its
/// outcome *unknown* if it may or may not have happened, at any time after it began.
@NullMarked
package io.flotilla.sim.history;

import org.jspecify.annotations.NullMarked;
