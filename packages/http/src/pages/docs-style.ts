/** What we change of the reference’s looks: contrast, narrow screens, and what says nothing here. */
export const style = `
body { margin: 0 }
html.dark-mode { background: #1c2022 }
#reference noscript { display: block; padding: 2rem }
.swagger-ui .info { margin: 2rem 0 1rem }
.swagger-ui .info .description { max-width: 46rem }
.swagger-ui .info h3 { margin: 1.5em 0 0 }
.swagger-ui .scheme-container { padding: 1rem 0 }

/* One server, no links, one media type an answer. */
.swagger-ui .servers, .swagger-ui .servers-title, .swagger-ui .schemes-server-container,
.swagger-ui .response-col_links, .swagger-ui .response-control-media-type__accept-message { display: none }
.swagger-ui .response-control-media-type--accept-controller select { border-color: currentColor }

.swagger-ui .info a, .swagger-ui .markdown a { color: #0b57d0 }
.swagger-ui .btn.execute { background: #0b57d0; border-color: #0b57d0; color: #fff }
.swagger-ui .btn.authorize { color: #1a7f4b; border-color: #1a7f4b }
.swagger-ui .btn.authorize svg { fill: #1a7f4b }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #1a7f4b }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1f5fbf }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #9a5b00 }
.swagger-ui .info .title small { background: #57606a }
.swagger-ui .info .title small.version-stamp { background: #4d6a00 }
.swagger-ui .opblock .opblock-summary-method { color: #fff }
.swagger-ui .header-col, .swagger-ui .examples__title, .swagger-ui .parameter__in { color: inherit }
.dark-mode .swagger-ui .info a, .dark-mode .swagger-ui .markdown a { color: #8ab4f8 }
.dark-mode .swagger-ui .btn.authorize { color: #5fd39a; border-color: #5fd39a }
.dark-mode .swagger-ui .btn.authorize svg { fill: #5fd39a }
.dark-mode .swagger-ui :is(.header-col, .examples__title, .parameter__in, .examples-select__section-label) { color: #e4e6e6 }

@media (max-width: 40rem) {
  .swagger-ui .responses-inner { padding: 1rem .75rem }
  .swagger-ui .responses-table > thead { display: none }
  .swagger-ui .responses-table > tbody > .response, .swagger-ui .responses-table > tbody > .response > td { display: block }
  .swagger-ui .responses-table > tbody > .response > td { padding: .5rem 0; width: auto; max-width: none }
  .swagger-ui .response-col_status { font-weight: 700 }
  .swagger-ui .response-controls { flex-direction: column; gap: .5rem }
  .swagger-ui .response-controls select { width: 100% }
  .swagger-ui .headers-wrapper { overflow-x: auto }
  .swagger-ui .opblock-section-header { flex-wrap: wrap; gap: .5rem }
}
`
