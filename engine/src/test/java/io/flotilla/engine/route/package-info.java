/// Tests of routing: every reply a store can give, at every moment, without a network or a thread.
///
/// `ScriptedWorld` answers what the test says; `TinyFleet` has real machines behind the router,
/// whose ranges split and whose leaders move. Uses the doubles of the tests of `engine.mvcc`.
@NullMarked
package io.flotilla.engine.route;

import org.jspecify.annotations.NullMarked;
