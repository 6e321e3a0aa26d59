// @ts-check
/**
 * Posts, pages, terms and files, for a site that has no content of its own. Times are Unix seconds.
 *
 * @type {import('./index.js').Migration}
 */
export const contentTables = {
  name: '0012-content',
  async up({ table: named, byteExact }, knex) {
    await knex.schema.createTable(named('content_items'), table => {
      table.bigIncrements('id')
      table.string('type', 20).notNullable()
      table.string('status', 20).notNullable()
      table.string('slug', 200).notNullable()
      // Type, parent and slug. Null without a slug, because null is no duplicate of null.
      table.string('slug_key', 255).nullable().unique()
      table.text('title', 'mediumtext').notNullable()
      table.string('author', 64).nullable()
      table.bigInteger('date').nullable()
      // The date, or of a draft without one, when it was last saved.
      table.bigInteger('sort_date').notNullable()
      table.bigInteger('modified').notNullable()
      table.bigInteger('parent').nullable().index()
      table.integer('menu_order').notNullable()
      table.string('password', 255).notNullable()
      table.boolean('sticky').notNullable()
      table.string('format', 20).notNullable()
      table.string('comment_status', 10).notNullable()
      table.string('ping_status', 10).notNullable()
      table.string('template', 100).notNullable()
      table.bigInteger('featured_media').nullable().index()
      table.index(['type', 'status', 'sort_date', 'id'])
      table.index(['type', 'status', 'modified', 'id'])
      table.index(['type', 'status', 'author', 'sort_date'])
      table.index(['type', 'slug'])
      byteExact(table)
    })
    // Apart from the items, so that a list finds its page without reading long texts.
    await knex.schema.createTable(named('content_texts'), table => {
      table.bigInteger('item_id').notNullable().primary()
      table.text('content', 'longtext').notNullable()
      table.text('excerpt', 'mediumtext').notNullable()
      // Folded text without markup, for the search.
      table.text('search_title', 'mediumtext').notNullable()
      table.text('search_content', 'longtext').notNullable()
      table.text('search_excerpt', 'mediumtext').notNullable()
      byteExact(table)
    })
    await knex.schema.createTable(named('content_terms'), table => {
      table.bigIncrements('id')
      table.string('taxonomy', 32).notNullable()
      table.string('name', 200).notNullable()
      table.string('name_key', 200).notNullable()
      table.string('slug', 200).notNullable()
      table.text('description', 'mediumtext').notNullable()
      table.bigInteger('parent').nullable().index()
      // How many published and scheduled items have it.
      table.bigInteger('items').notNullable().defaultTo(0)
      table.unique(['taxonomy', 'slug'])
      table.index(['taxonomy', 'name_key'])
      byteExact(table)
    })
    await knex.schema.createTable(named('content_item_terms'), table => {
      table.bigInteger('item_id').notNullable()
      table.bigInteger('term_id').notNullable()
      table.primary(['item_id', 'term_id'])
      table.index(['term_id', 'item_id'])
    })
    await knex.schema.createTable(named('content_media'), table => {
      table.bigIncrements('id')
      table.string('slug', 200).notNullable().unique()
      table.text('title', 'mediumtext').notNullable()
      table.text('search', 'mediumtext').notNullable()
      table.text('alt_text', 'mediumtext').notNullable()
      table.text('caption', 'mediumtext').notNullable()
      table.text('description', 'mediumtext').notNullable()
      table.string('author', 64).nullable().index()
      table.bigInteger('parent').nullable().index()
      table.bigInteger('date').notNullable().index()
      table.bigInteger('modified').notNullable()
      table.string('mime_type', 100).notNullable()
      table.string('file_key', 500).notNullable()
      table.string('url', 500).notNullable()
      table.bigInteger('size').notNullable()
      table.integer('width').nullable()
      table.integer('height').nullable()
      byteExact(table)
    })
    // How many items an author has of a type and a status: counting 100,000 of them would take longer than listing 20.
    await knex.schema.createTable(named('content_counts'), table => {
      table.string('type', 20).notNullable()
      table.string('status', 20).notNullable()
      // Empty for items without an author, because a key has no null.
      table.string('author', 64).notNullable()
      table.bigInteger('items').notNullable()
      table.primary(['type', 'status', 'author'])
      byteExact(table)
    })
    await knex(named('content_terms')).insert({
      taxonomy: 'category',
      name: 'Uncategorized',
      name_key: 'uncategorized',
      slug: 'uncategorized',
      description: '',
    })
  },
  async down({ table: named }, knex) {
    for (const name of ['counts', 'media', 'item_terms', 'terms', 'texts', 'items'])
      await knex.schema.dropTable(named(`content_${name}`))
  },
}
