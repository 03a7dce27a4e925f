/** @jsxImportSource preact */
/**
 * The frame of a drawing in SVG that has no width of its own: it fills its place without a script, with texts and
 * strokes of the size that they have everywhere. Places on the x axis are shares of the plot's width, on the y axis
 * pixels.
 */
import type { ComponentChildren, Ref } from "preact";

/** Margins in pixels, which the style gives as padding; those of the drawings with a script are the same. */
export const FRAME = { left: 56, right: 12, top: 8 } as const;

/** Height of the plot within the axes. */
export const PLOT_HEIGHT = 204;

interface PlotFrameProps {
  readonly children: ComponentChildren;
  readonly drawing?: Ref<SVGSVGElement>;
}

export function PlotFrame({ children, drawing }: PlotFrameProps) {
  return <svg ref={drawing ?? null} class="static-plot" aria-hidden="true">{children}</svg>;
}

/** What is drawn here is stretched to the plot: `width` across, `height` down. */
export function Stretched(
  { width, height, children }: {
    readonly width: number;
    readonly height: number;
    readonly children: ComponentChildren;
  },
) {
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={PLOT_HEIGHT} preserveAspectRatio="none">
      {children}
    </svg>
  );
}

interface XLabelProps {
  /** From 0, the left edge, to 1. */
  readonly at: number;
  readonly text: string;
}

/** A label below the plot. The one at the right edge ends there, so that nothing is cut. */
export function XLabel({ at, text }: XLabelProps) {
  return (
    <text class="tick" x={percent(at)} y={PLOT_HEIGHT + 20} text-anchor={at > 0.97 ? "end" : "middle"}>{text}</text>
  );
}

/** A label left of the plot. */
export function YLabel({ y, text }: { readonly y: number; readonly text: string }) {
  return <text class="tick" x="-8" y={y + 4} text-anchor="end">{text}</text>;
}

/** A share as a length of SVG. */
export function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
