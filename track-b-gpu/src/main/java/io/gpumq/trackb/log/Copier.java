package io.gpumq.trackb.log;

import static io.gpumq.kernels.LinkLayout.UNIT;

import io.gpumq.spi.Steps;
import io.gpumq.trackb.layout.EntryHeader;
import io.gpumq.trackb.layout.Words;
import io.gpumq.trackb.log.Pieces.Piece;
import io.gpumq.trackb.memory.CopyArea;
import io.gpumq.trackb.spi.CopyEngine;
import io.gpumq.trackb.spi.Vram;
import java.nio.ByteBuffer;

/**
 * Copies between users' memory and the store by the copy engine, piece by piece through memory that
 * this knows: while no device lives, and what is too long for a kernel. Safe for use by many
 * threads.
 */
public final class Copier implements AutoCloseable {
  /** So long the engine is at work on a piece for as long as starting it takes several times. */
  private static final int PIECE_BYTES = 256 << 10;

  /** Four threads have two each. */
  private static final int PIECES = 8;

  private final CopyArea area;
  private final CopyEngine engine;
  private final Pieces pieces;
  private final LargeArea largeArea;

  private Copier(CopyArea area, CopyEngine engine, LargeArea largeArea) {
    this.area = area;
    this.engine = engine;
    this.largeArea = largeArea;
    pieces = new Pieces(engine, PIECES, PIECE_BYTES);
  }

  /**
   * Makes the copier of a track.
   *
   * @throws io.gpumq.api.ConfigException if there is no room for its memory
   */
  public static Copier open(Vram vram) {
    CopyArea area = CopyArea.create("copy-area", PIECES * PIECE_BYTES);
    try {
      return new Copier(area, vram.copyEngine(area.memory()), new LargeArea(vram));
    } catch (Throwable e) {
      Steps.undo(e, area::close);
      throw e;
    }
  }

  /**
   * Copies one run of the store to a reader's memory, and waits for that.
   *
   * @param place in units
   * @param at where it goes in {@code to}, in bytes
   * @throws io.gpumq.api.TrackFailedException if it is closed, or the device has failed
   */
  public void read(long place, int bytes, ByteBuffer to, int at) {
    Piece piece = pieces.take();
    try {
      for (int done = 0, some; done < bytes; done += some) {
        some = Math.min(bytes - done, PIECE_BYTES);
        piece.read(place + done / UNIT, some);
        piece.await();
        to.put(at + done, area.memory(), piece.at(), some);
      }
    } finally {
      pieces.giveBack(piece);
    }
  }

  /**
   * Copies one run of a sender's memory to the store, and waits for that. While the engine copies
   * one piece the next is filled.
   *
   * @param place in units
   * @param at where it begins in {@code from}, in bytes
   * @throws io.gpumq.api.TrackFailedException as {@link #read}
   */
  public void write(ByteBuffer from, int at, int bytes, long place) {
    Piece piece = pieces.take();
    Piece next = bytes > PIECE_BYTES ? pieces.tryTake() : null;
    try {
      for (int done = 0, some; done < bytes; done += some) {
        some = Math.min(bytes - done, PIECE_BYTES);
        piece.await();
        area.memory().put(piece.at(), from, at + done, some);
        int whole = EntryHeader.units(some) * UNIT; // readers read whole units
        Words.clear(area.memory(), piece.at() + some, piece.at() + whole);
        piece.write(place + done / UNIT, whole);
        if (next != null) {
          Piece filled = piece;
          piece = next;
          next = filled;
        }
      }
    } finally {
      giveBack(piece, next);
    }
  }

  private void giveBack(Piece piece, Piece next) {
    try {
      pieces.giveBack(piece);
    } finally {
      if (next != null) {
        pieces.giveBack(next);
      }
    }
  }

  /** What large entries are read by to be looked at where they are brought. */
  public LargeArea largeArea() {
    return largeArea;
  }

  /** Waits for who copies now, and gives its memory back. Once, before the store's. */
  @Override
  public void close() {
    new Steps()
        .run(largeArea::close)
        .run(pieces::close)
        .run(engine::close)
        .run(area::close)
        .finish();
  }
}
