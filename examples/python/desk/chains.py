"""The same by LangChain."""

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

from desk.settings import FAST

llm = ChatOpenAI(model=FAST, temperature=0)
chain = ChatPromptTemplate.from_template("Translate: {text}") | llm | StrOutputParser()


def translate(text: str) -> str:
    return chain.invoke({"text": text})
