import { definePlugin, type ExpressiveCodePlugin } from '@astrojs/starlight/expressive-code';
import { addClassName, select, selectAll } from '@astrojs/starlight/expressive-code/hast';
import { h } from '../readings/hast.ts';
import { copyOf } from './copies.ts';

/**
 * What the course adds to a drawn block: the copy button also copies hidden lines, every scrolling block has a name for those who
 * listen, and a block that is wrong on purpose says so and cannot be copied by mistake.
 */
export function courseCodeBlocks(): ExpressiveCodePlugin {
  return definePlugin({
    name: 'course-code-blocks',
    hooks: {
      postprocessRenderedBlock: ({ codeBlock, renderData }) => {
        const id = codeBlock.metaOptions.getString('course');
        if (id === undefined) return;
        // Where a preview puts the block's verdict.
        if (process.env['COURSE_PREVIEW'] !== undefined) renderData.blockAst.properties['dataBlock'] = id;
        const pre = select('pre', renderData.blockAst);
        if (pre) pre.properties['ariaLabel'] = `${codeBlock.language} block ${id.split('#')[1] ?? ''}`;
        const isWrong = codeBlock.metaOptions.getBoolean('wrong') === true;
        const copy = copyOf(id);
        for (const button of selectAll('[data-code]', renderData.blockAst)) {
          // Expressive Code writes line ends as U+007F, which its script turns back.
          if (copy !== undefined) button.properties['dataCode'] = copy.replace(/\n/g, '\u007f');
        }
        if (!isWrong) return;
        addClassName(renderData.blockAst, 'is-wrong');
        for (const holder of selectAll('.copy', renderData.blockAst)) holder.children = [];
        renderData.blockAst.children.unshift(h('p', { className: ['wrong-flag'] }, '✕ wrong on purpose'));
      },
    },
  });
}
