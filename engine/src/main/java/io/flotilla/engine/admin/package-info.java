/// Operating a fleet from a program: its stores and ranges, splits, leader transfers.
///
/// Public API; may use `keyspace` only. Words defined here: *fleet*, *status* (what the placement
/// driver knows of a fleet, a store, a range).
@NullMarked
package io.flotilla.engine.admin;

import org.jspecify.annotations.NullMarked;
